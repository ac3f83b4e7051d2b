import Testing
import UnfoldReference

@testable import Unfold

/// Channel scaling against its definition and finite differences.
@Suite struct ChannelScalingTests {
  /// One and several images, pixels and channels; runs of several pixels that end in a shorter one; images cut into
  /// pieces and images that share a task.
  static let grid: [Shape] = {
    var grid: [Shape] = []
    for images in [1, 3] {
      for pixels in [Extent(1, 1), Extent(1, 7), Extent(5, 3), Extent(13, 17)] {
        for channels in [1, 2, 3, 16, 31, 64, 129, 300] {
          grid.append([images, pixels.height, pixels.width, channels])
        }
      }
    }
    return grid + [[2, 130, 127, 5], [1, 1, 90_001, 1], [70, 3, 3, 8], [2, 40, 40, 260], [4, 9], [2, 11, 6]]
  }()

  @Test func byHand() throws {
    let scaling = try ChannelScaling(input: [2, 1, 2, 2])
    let input = try Tensor<Float>([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 1, 2, 2])
    let gate = try Tensor<Float>([1, 10, 2, -1], shape: [2, 2])
    #expect(try scaling.forward(input, gate: gate).elements == [1, 20, 3, 40, 10, -6, 14, -8])
    let dy = try Tensor<Float>([1, 1, 2, 0, 3, 1, 1, 1], shape: [2, 1, 2, 2])
    #expect(try scaling.inputGradient(dy, gate: gate).elements == [1, 10, 2, 0, 6, -1, 2, -1])
    #expect(try scaling.gateGradient(dy, input: input).elements == [7, 2, 22, 14])
  }

  // A gate's gradient sums up to 90,001 products of magnitude 1 in random order of signs.
  @Test func referenceInFloat() throws { try checkReference(Float.self, within: 2e-5) }
  @Test func referenceInDouble() throws { try checkReference(Double.self, within: 1e-13) }

  private func checkReference<Scalar: TensorScalar>(_ type: Scalar.Type, within bound: Double) throws {
    var generator = SeededGenerator(seed: 31)
    for shape in Self.grid {
      let scaling = try ChannelScaling(input: shape)
      let input: Tensor<Scalar> = try Tensor(random: shape, &generator)
      let gate: Tensor<Scalar> = try Tensor(random: scaling.gateShape, &generator)
      let dy: Tensor<Scalar> = try Tensor(random: shape, &generator)
      var output: Tensor<Scalar> = try .poisoned(shape)
      try scaling.forward(input, gate: gate, into: &output)
      #expect(try output == scaling.reference.forward(input, gate: gate), "\(shape)")
      var inputGradient: Tensor<Scalar> = try .poisoned(shape)
      try scaling.inputGradient(dy, gate: gate, into: &inputGradient)
      #expect(try inputGradient == scaling.reference.inputGradient(dy, gate: gate), "\(shape)")
      var gateGradient: Tensor<Scalar> = try .poisoned(scaling.gateShape)
      try scaling.gateGradient(dy, input: input, into: &gateGradient)
      let expected = try scaling.reference.gateGradient(dy, input: input)
      #expect(gateGradient.largestDifference(to: expected) <= bound, "\(shape)")

      var both: (input: Tensor<Scalar>, gate: Tensor<Scalar>) = (
        try .poisoned(shape), try .poisoned(scaling.gateShape)
      )
      try scaling.gradients(dy, input: input, gate: gate, into: &both.input, gateGradient: &both.gate)
      #expect(both.input.hasSameBits(as: inputGradient) && both.gate.hasSameBits(as: gateGradient), "\(shape)")
    }
  }

  /// A gate that all images share is that of one image of all pixels.
  @Test func aSharedGateIsThatOfAllImages() throws {
    var generator = SeededGenerator(seed: 36)
    for shape: Shape in [[1, 1, 1, 1], [3, 5, 7, 3], [8, 14, 14, 96], [2, 61, 60, 130], [5, 33]] {
      let shared = try ChannelScaling(input: shape, sharesGate: true)
      #expect(shared.gateShape == Shape(shape.extents[shape.rank - 1]), "\(shape)")
      let input: Tensor<Float> = try Tensor(random: shape, &generator)
      let gate: Tensor<Float> = try Tensor(random: shared.gateShape, &generator)
      let dy: Tensor<Float> = try Tensor(random: shape, &generator)
      #expect(try shared.forward(input, gate: gate) == shared.reference.forward(input, gate: gate), "\(shape)")
      let (ofInput, ofGate) = try shared.gradients(dy, input: input, gate: gate)
      #expect(try ofInput == shared.reference.inputGradient(dy, gate: gate), "\(shape)")
      #expect(
        ofGate.largestDifference(to: try shared.reference.gateGradient(dy, input: input)) <= 2e-5, "\(shape)")
      try expectSameBitsForAllThreads("\(shape)") { context in
        let both = try shared.gradients(dy, input: input, gate: gate, context: context)
        return [both.input, both.gate, try shared.forward(input, gate: gate, context: context)]
      }
    }
  }

  @Test func finiteDifferences() throws {
    var generator = SeededGenerator(seed: 32)
    for shape: Shape in [[2, 3, 5, 3], [1, 1, 1, 1], [3, 2, 2, 130]] {
      let scaling = try ChannelScaling(input: shape)
      let input: Tensor<Double> = try Tensor(random: shape, &generator)
      let gate: Tensor<Double> = try Tensor(random: scaling.gateShape, &generator)
      let weights: Tensor<Double> = try Tensor(random: shape, &generator)
      let (ofInput, ofGate) = try scaling.gradients(weights, input: input, gate: gate)
      if shape[3] < 100 {
        try expectDerivative(ofInput, of: input, weights: weights, "input \(shape)") {
          try scaling.forward($0, gate: gate)
        }
      }
      try expectDerivative(ofGate, of: gate, weights: weights, "gate \(shape)") {
        try scaling.forward(input, gate: $0)
      }
    }
  }

  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 33)
    for shape: Shape in [[3, 67, 71, 13], [1, 200, 200, 64], [90, 4, 4, 64], [64, 3, 3, 2048]] {
      let scaling = try ChannelScaling(input: shape)
      #expect(scaling.pieces.tasks > 2, "\(shape)")
      let input: Tensor<Float> = try Tensor(random: shape, &generator)
      let gate: Tensor<Float> = try Tensor(random: scaling.gateShape, &generator)
      try expectSameBitsForAllThreads("\(shape)") { context in
        let output = try scaling.forward(input, gate: gate, context: context)
        let both = try scaling.gradients(output, input: input, gate: gate, context: context)
        return [
          output, both.input, both.gate, try scaling.inputGradient(output, gate: gate, context: context),
          try scaling.gateGradient(output, input: input, context: context),
        ]
      }
    }
  }

  /// The tasks are a partition: every pixel of every image once.
  @Test func piecesCoverEachPixelOnce() {
    for images in [1, 2, 5, 90] {
      for pixels in [1, 2, 9, 1000, 50_000] {
        for channels in [1, 3, 64, 5000, 100_000] where images * pixels * channels < 100_000_000 {
          let pieces = RowPieces(rows: images, length: pixels, scalars: channels, mostPieces: 32)
          var visits = [Int](repeating: 0, count: images * pixels)
          for task in 0..<pieces.tasks {
            for image in pieces.rows(of: task) {
              for pixel in pieces.elements(of: task) { visits[image * pixels + pixel] += 1 }
            }
          }
          #expect(visits.allSatisfy { $0 == 1 }, "\(images) images, \(pixels) pixels, \(channels) channels")
        }
      }
    }
  }

  @Test func nanStaysWithItsChannel() throws {
    let scaling = try ChannelScaling(input: [2, 3, 3, 3])
    var input = try Tensor<Float>(zeros: scaling.inputShape)
    let gate = try Tensor<Float>(repeating: 1, shape: scaling.gateShape)
    input[1, 2, 1, 2] = .nan
    let output = try scaling.forward(input, gate: gate)
    #expect(output.elements.indices.filter { output.elements[$0].isNaN } == [27 + 7 * 3 + 2])
    let gateGradient = try scaling.gateGradient(gate27(), input: input)
    #expect(gateGradient.elements.indices.filter { gateGradient.elements[$0].isNaN } == [5])
  }

  private func gate27() throws -> Tensor<Float> { try Tensor(repeating: 1, shape: [2, 3, 3, 3]) }

  @Test func badShapes() throws {
    expectRefusal("scaling input") { _ = try ChannelScaling(input: [4]) }
    expectRefusal("axis 0 of the scaling input") { _ = try ChannelScaling(input: [0, 3]) }
    expectRefusal("axis 3 of the scaling input") { _ = try ChannelScaling(input: [1, 2, 2, -1]) }
    #expect(throws: UnfoldError.self) {
      try ChannelScaling(input: [Int(Int32.max), Int(Int32.max), Int(Int32.max)])
    }
    let scaling = try ChannelScaling(input: [2, 3, 3, 4])
    let input = try Tensor<Float>(zeros: [2, 3, 3, 4])
    let gate = try Tensor<Float>(zeros: [2, 4])
    var (x, g) = (input, gate)
    expectRefusal("scaling input") { _ = try scaling.forward(gate, gate: gate) }
    expectRefusal("gate") { _ = try scaling.forward(input, gate: input) }
    expectRefusal("scaling output") { try scaling.forward(input, gate: gate, into: &g) }
    expectRefusal("scaling output gradient") { _ = try scaling.inputGradient(gate, gate: gate) }
    expectRefusal("gate") { _ = try scaling.inputGradient(input, gate: input) }
    expectRefusal("scaling input gradient") { try scaling.inputGradient(input, gate: gate, into: &g) }
    expectRefusal("scaling output gradient") { _ = try scaling.gateGradient(gate, input: input) }
    expectRefusal("scaling input") { _ = try scaling.gateGradient(input, input: gate) }
    expectRefusal("gate gradient") { try scaling.gateGradient(input, input: input, into: &x) }
    expectRefusal("gate") { _ = try scaling.gradients(input, input: input, gate: input) }
  }
}
