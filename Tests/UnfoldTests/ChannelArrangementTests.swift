import Testing
import UnfoldReference

@testable import Unfold

/// Slices and shuffles of channels against PyTorch and the definition: permutations, so that equality is exact.
@Suite struct ChannelArrangementTests {
  /// `torch.nn.functional.channel_shuffle` of 0 ..< 12 in two pixels of 6 channels, brought to NHWC.
  @Test func pyTorchAgrees() throws {
    let input = try Tensor<Float>(shape: [1, 1, 2, 6]) { Float($0) }
    let pairs = try ChannelShuffle(input: input.shape, groups: 2)
    #expect(try pairs.forward(input).elements == [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11])
    let triples = try ChannelShuffle(input: input.shape, groups: 3)
    #expect(try triples.forward(input).elements == [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11])
    let slice = try ChannelSlice(input: input.shape, channels: 1..<3)
    #expect(slice.outputShape == [1, 1, 2, 2])
    #expect(try slice.forward(input).elements == [1, 2, 7, 8])
    let ones = try Tensor<Float>(repeating: 1, shape: slice.outputShape)
    #expect(try slice.inputGradient(ones).elements == [0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0])
  }

  @Test func shufflesMatchTheReference() throws {
    var generator = SeededGenerator(seed: 71)
    for groups in [1, 2, 3, 4, 8, 19] {
      for members in [1, 2, 3, 8, 17, 58] {
        for images in [1, 3] {
          let shuffle = try ChannelShuffle(input: [images, 3, 5, groups * members], groups: groups)
          let name = "\(shuffle.inputShape), \(groups) groups"
          let x: Tensor<Float> = try Tensor(random: shuffle.inputShape, &generator)
          let dy: Tensor<Float> = try Tensor(random: shuffle.inputShape, &generator)
          let (y, dx) = try shuffle.overNaN(x, dy)
          #expect(try y == shuffle.reference.forward(x), "\(name)")
          #expect(try dx == shuffle.reference.inputGradient(dy), "\(name)")
          #expect(try shuffle.inputGradient(y) == x, "\(name)")
        }
      }
    }
  }

  @Test func slicesMatchTheReference() throws {
    var generator = SeededGenerator(seed: 72)
    for channels in [1, 2, 7, 8, 24, 116] {
      for first in Set([0, 1, channels / 2, channels - 1]).sorted() where first < channels {
        for count in Set([1, channels / 2, channels - first]).sorted() where count > 0 && first + count <= channels {
          let slice = try ChannelSlice(input: [2, 3, 5, channels], channels: first..<first + count)
          let name = "\(first)..<\(first + count) of \(channels)"
          let x: Tensor<Double> = try Tensor(random: slice.inputShape, &generator)
          let dy: Tensor<Double> = try Tensor(random: slice.outputShape, &generator)
          let (y, dx) = try slice.overNaN(x, dy)
          #expect(try y == slice.reference(first: first).forward(x), "\(name)")
          #expect(try dx == slice.reference(first: first).inputGradient(dy), "\(name)")
        }
      }
    }
  }

  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 73)
    for (shape, groups): (Shape, Int) in [([2, 61, 60, 24], 2), ([1, 40, 41, 99], 3), ([1, 2, 3, 80_000], 4)] {
      let shuffle = try ChannelShuffle(input: shape, groups: groups)
      let slice = try ChannelSlice(input: shape, channels: 1..<shape[3] / 2)
      let input: Tensor<Float> = try Tensor(random: shape, &generator)
      let part: Tensor<Float> = try Tensor(random: slice.outputShape, &generator)
      #expect(try shuffle.forward(input) == shuffle.reference.forward(input), "\(shape)")
      try expectSameBitsForAllThreads("\(shape)") { context in
        [
          try shuffle.forward(input, context: context), try shuffle.inputGradient(input, context: context),
          try slice.forward(input, context: context), try slice.inputGradient(part, context: context),
        ]
      }
    }
  }

  @Test func badShapes() throws {
    expectRefusal("channel shuffle input") { _ = try ChannelShuffle(input: [], groups: 1) }
    expectRefusal("axis 0 of the channel shuffle input") { _ = try ChannelShuffle(input: [0, 4, 4, 4], groups: 2) }
    for groups in [0, -1, 3, 8] {
      expectRefusal("groups of the shuffle") { _ = try ChannelShuffle(input: [1, 4, 4, 4], groups: groups) }
    }
    expectRefusal("channel slice input") { _ = try ChannelSlice(input: [], channels: 0..<1) }
    expectRefusal("axis 3 of the channel slice input") { _ = try ChannelSlice(input: [1, 4, 4, 0], channels: 0..<0) }
    for channels in [0..<0, 3..<3, -1..<2, 2..<5, 4..<5] {
      expectRefusal("channels of the slice") { _ = try ChannelSlice(input: [1, 4, 4, 4], channels: channels) }
    }
    let slice = try ChannelSlice(input: [1, 2, 2, 4], channels: 1..<3)
    try expectRefusals(by: slice, "channel slice")
  }
}
