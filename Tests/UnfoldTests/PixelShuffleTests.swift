import Testing
import UnfoldReference

@testable import Unfold

/// Pixel shuffle and its inverse against PyTorch and the definition: permutations, so that equality is exact.
@Suite struct PixelShuffleTests {
  /// `torch.nn.functional.pixel_shuffle` and `pixel_unshuffle` of 0 ..< 16, their results brought to NHWC.
  @Test func pyTorchAgrees() throws {
    let input = try Tensor<Float>(shape: [1, 1, 2, 8]) { Float($0) }
    let shuffle = try PixelShuffle(input: input.shape, factor: 2)
    #expect(shuffle.outputShape == [1, 2, 4, 2])
    #expect(try shuffle.forward(input).elements == [0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15])
    let wide = try Tensor<Float>(shape: [1, 2, 4, 2]) { Float($0) }
    let unshuffle = try PixelUnshuffle(input: wide.shape, factor: 2)
    #expect(unshuffle.outputShape == [1, 1, 2, 8])
    #expect(try unshuffle.forward(wide).elements == [0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15])
  }

  @Test func reference() throws {
    var generator = SeededGenerator(seed: 61)
    for factor in 1...4 {
      for pixels in [Extent(1, 1), Extent(5, 3), Extent(1, 7)] {
        for channels in [1, 2, 3, 19] {
          for images in [1, 3] {
            let deep: Shape = [images, pixels.height, pixels.width, channels * factor * factor]
            let shuffle = try PixelShuffle(input: deep, factor: factor)
            let unshuffle = try PixelUnshuffle(input: shuffle.outputShape, factor: factor)
            let name = "\(deep), factor \(factor)"
            #expect(unshuffle.outputShape == deep, "\(name)")
            let x: Tensor<Float> = try Tensor(random: deep, &generator)
            let y: Tensor<Float> = try Tensor(random: shuffle.outputShape, &generator)
            var (wide, narrow) = try shuffle.overNaN(x, y)
            #expect(try wide == shuffle.reference.forward(x), "\(name)")
            #expect(try narrow == shuffle.reference.inputGradient(y), "\(name)")
            (narrow, wide) = try unshuffle.overNaN(y, x)
            #expect(try narrow == unshuffle.reference.forward(y), "\(name)")
            #expect(try wide == unshuffle.reference.inputGradient(x), "\(name)")
            #expect(try unshuffle.forward(shuffle.forward(x)) == x, "\(name)")
          }
        }
      }
    }
  }

  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 62)
    for (shape, factor): (Shape, Int) in [([2, 61, 60, 24], 2), ([1, 40, 41, 99], 3), ([1, 2, 3, 80_000], 4)] {
      let shuffle = try PixelShuffle(input: shape, factor: factor)
      let input: Tensor<Float> = try Tensor(random: shape, &generator)
      let output = try shuffle.forward(input)
      #expect(try output == shuffle.reference.forward(input), "\(shape)")
      try expectSameBitsForAllThreads("\(shape)") { context in
        [
          try shuffle.forward(input, context: context), try shuffle.inputGradient(output, context: context),
        ]
      }
    }
  }

  @Test func badShapes() throws {
    expectRefusal("pixel shuffle input") { _ = try PixelShuffle(input: [4, 4, 4], factor: 2) }
    expectRefusal("axis 0 of the pixel shuffle input") { _ = try PixelShuffle(input: [0, 4, 4, 4], factor: 2) }
    expectRefusal("factor of the pixel shuffle input") { _ = try PixelShuffle(input: [1, 4, 4, 4], factor: 0) }
    expectRefusal("channels of the pixel shuffle input") { _ = try PixelShuffle(input: [1, 4, 4, 6], factor: 2) }
    expectRefusal("axis 1 of the result of the pixel shuffle input") {
      _ = try PixelShuffle(input: [1, 1 << 30, 1, 4], factor: 2)
    }
    expectRefusal("pixel unshuffle input") { _ = try PixelUnshuffle(input: [4, 4], factor: 2) }
    expectRefusal("height of the pixel unshuffle input") { _ = try PixelUnshuffle(input: [1, 5, 4, 4], factor: 2) }
    expectRefusal("width of the pixel unshuffle input") { _ = try PixelUnshuffle(input: [1, 6, 4, 4], factor: 3) }
    let shuffle = try PixelShuffle(input: [1, 2, 2, 4], factor: 2)
    let unshuffle = try PixelUnshuffle(input: [1, 4, 4, 1], factor: 2)
    try expectRefusals(by: shuffle, "pixel shuffle")
    try expectRefusals(by: unshuffle, "pixel unshuffle")
  }
}
