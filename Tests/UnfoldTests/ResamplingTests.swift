import Testing
import UnfoldReference

@testable import Unfold

/// Resampling against results computed by hand, the lecture's loops, PyTorch and finite differences.
@Suite struct ResamplingTests {
  @Test func downsamplingDropsRowsAndColumns() throws {
    let resampling = try Resampling(input: [1, 5, 4, 1], kind: .downsampling(by: Extent(2, 3)))
    let input = try Tensor<Float>(shape: resampling.inputShape) { Float($0) }
    let output = try resampling.forward(input)
    #expect(output.shape == [1, 3, 2, 1])
    #expect(output.elements == [0, 3, 8, 11, 16, 19])
    let gradient = try resampling.inputGradient(Tensor<Float>([1, 2, 3, 4, 5, 6], shape: output.shape))
    #expect(gradient.elements == [1, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 4, 0, 0, 0, 0, 5, 0, 0, 6])
  }

  @Test func upsamplingInsertsZeros() throws {
    let input = try Tensor<Float>([1, 2, 3, 4], shape: [1, 2, 2, 1])
    let between = try Resampling(input: input.shape, kind: .upsampling(by: 2, trailingZeros: false))
    #expect(between.outputShape == [1, 3, 3, 1])
    #expect(try between.forward(input).elements == [1, 0, 2, 0, 0, 0, 3, 0, 4])
    let whole = try Resampling(input: input.shape, kind: .upsampling(by: 2))
    #expect(whole.outputShape == [1, 4, 4, 1])
    #expect(try whole.forward(input).elements == [1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0])
    let outputGradient = try Tensor<Float>(shape: whole.outputShape) { Float($0) }
    #expect(try whole.inputGradient(outputGradient).elements == [0, 2, 8, 10])
  }

  /// The lecture's identity: what upsampling inserted, downsampling by the same factor drops.
  @Test func downsamplingUndoesUpsampling() throws {
    var generator = SeededGenerator(seed: 6)
    let input: Tensor<Float> = try Tensor(random: [2, 3, 4, 5], &generator)
    for factor: Extent in [1, 2, Extent(3, 4)] {
      for trailingZeros in [false, true] {
        let up = try Resampling(input: input.shape, kind: .upsampling(by: factor, trailingZeros: trailingZeros))
        let down = try Resampling(input: up.outputShape, kind: .downsampling(by: factor))
        #expect(try down.forward(up.forward(input)) == input, "\(factor)")
        #expect(try down.inputGradient(input) == up.forward(input), "\(factor)")
      }
    }
  }

  @Test func nearestAndBilinearByHand() throws {
    let input = try Tensor<Float>([1, 3], shape: [1, 1, 2, 1])
    func resampled(_ kind: Resampling.Kind) throws -> [Float] {
      try Resampling(input: input.shape, kind: kind).forward(input).elements
    }
    #expect(try resampled(.nearest(to: Extent(1, 5))) == [1, 1, 1, 3, 3])
    #expect(try resampled(.bilinear(to: Extent(1, 4), alignsCorners: false)) == [1, 1.5, 2.5, 3])
    #expect(try resampled(.bilinear(to: Extent(1, 5), alignsCorners: true)) == [1, 1.5, 2, 2.5, 3])
    #expect(try resampled(.bilinear(to: Extent(1, 1), alignsCorners: true)) == [1])
    #expect(try resampled(.bilinear(to: Extent(1, 1), alignsCorners: false)) == [2])
  }

  static let grid: [Resampling] = {
    var grid: [Resampling] = []
    for input: Shape in [[2, 5, 3, 2], [1, 7, 10, 19], [1, 1, 1, 1]] {
      var kinds: [Resampling.Kind] = []
      for factor: Extent in [1, 2, Extent(3, 2), Extent(1, 5)] {
        kinds += [.downsampling(by: factor), .upsampling(by: factor), .upsampling(by: factor, trailingZeros: false)]
      }
      for size in [Extent(1, 1), Extent(5, 3), Extent(10, 6), Extent(4, 11), Extent(23, 2)] {
        kinds += [
          .nearest(to: size), .bilinear(to: size, alignsCorners: false), .bilinear(to: size, alignsCorners: true),
        ]
      }
      grid += kinds.compactMap { try? Resampling(input: input, kind: $0) }
    }
    return grid
  }()

  /// Those whose outputs are written by non-temporal stores.
  static let streaming: [Resampling] = [
    .nearest(to: Extent(201, 183)), .upsampling(by: 2), .bilinear(to: Extent(201, 183), alignsCorners: false),
  ].compactMap { try? Resampling(input: [1, 100, 90, 128], kind: $0) }

  /// Few rows of many channels, of which a task has a block.
  static let blocks: [Resampling] = [
    .nearest(to: 14), .bilinear(to: 14, alignsCorners: false), .bilinear(to: 3, alignsCorners: true),
  ].compactMap { try? Resampling(input: [1, 7, 7, 8208], kind: $0) }

  @Test func referenceOfLargeOutputs() throws {
    #expect(Self.streaming.count == 3 && Self.blocks.count == 3)
    #expect(Self.blocks.allSatisfy { $0.outputBands.blockChannels < 8208 && $0.inputBands.blockChannels < 8208 })
    try checkReference(Self.streaming + Self.blocks, Float.self, within: 1e-5)
  }

  @Test func resultsDoNotDependOnTheThreads() throws {
    var generator = SeededGenerator(seed: 9)
    for resampling in Self.grid + Self.streaming + Self.blocks {
      let input: Tensor<Float> = try Tensor(random: resampling.inputShape, &generator)
      let outputGradient: Tensor<Float> = try Tensor(random: resampling.outputShape, &generator)
      try expectSameBitsForAllThreads("\(resampling)") { context in
        try [
          resampling.forward(input, context: context), resampling.inputGradient(outputGradient, context: context),
        ]
      }
    }
  }

  // Up to 24 x 4 products of magnitude 1 sum up in a gradient.
  @Test func referenceInFloat() throws { try checkReference(Self.grid, Float.self, within: 1e-5) }
  @Test func referenceInDouble() throws { try checkReference(Self.grid, Double.self, within: 1e-13) }

  private func checkReference<Scalar: TensorScalar>(
    _ resamplings: [Resampling], _ type: Scalar.Type, within bound: Double
  ) throws {
    var generator = SeededGenerator(seed: 7)
    #expect(Self.grid.count == 81)
    for resampling in resamplings {
      let input: Tensor<Scalar> = try Tensor(random: resampling.inputShape, &generator)
      let outputGradient: Tensor<Scalar> = try Tensor(random: resampling.outputShape, &generator)
      let (output, inputGradient) = try resampling.overNaN(input, outputGradient)
      let expected = try resampling.reference.forward(input)
      let expectedGradient = try resampling.reference.inputGradient(outputGradient)
      #expect(output.largestDifference(to: expected) <= bound, "\(resampling)")
      #expect(inputGradient.largestDifference(to: expectedGradient) <= bound, "\(resampling)")
    }
  }

  /// Resampling is linear, so that a central difference is exact but for rounding.
  @Test func finiteDifferences() throws {
    var generator = SeededGenerator(seed: 8)
    for resampling in Self.grid where resampling.channels < 3 {
      let input: Tensor<Double> = try Tensor(random: resampling.inputShape, &generator)
      let weights: Tensor<Double> = try Tensor(random: resampling.outputShape, &generator)
      let gradient = try resampling.inputGradient(weights).elements
      for index in 0..<input.count {
        let difference = try input.centralDifference(of: index, step: 1e-3, weights: weights) {
          try resampling.forward($0)
        }
        #expect(
          abs(difference - gradient[index]) <= 1e-6 * max(1, abs(difference)), "\(resampling), element \(index)")
      }
    }
  }

  @Test func pyTorchAgrees() throws {
    let cases = try PoolingFixtures.load().resampling
    #expect(cases.count >= 30)
    for torch in cases {
      let size = Extent(torch.output[1], torch.output[2])
      let kind: Resampling.Kind =
        torch.kind == "nearest" ? .nearest(to: size) : .bilinear(to: size, alignsCorners: torch.alignsCorners == true)
      let resampling = try Resampling(input: Shape(torch.input), kind: kind)
      let input: Tensor<Double> = try Fixture.elements(resampling.inputShape, salt: 0)
      let outputGradient: Tensor<Double> = try Fixture.elements(resampling.outputShape, salt: 5)
      let output = try Tensor(torch.values, shape: Shape(torch.output))
      let inputGradient = try Tensor(torch.gradient, shape: Shape(torch.input))
      #expect(try resampling.forward(input).largestDifference(to: output) < 1e-10, "\(torch), to \(size)")
      #expect(
        try resampling.inputGradient(outputGradient).largestDifference(to: inputGradient) < 1e-10,
        "\(torch), to \(size)")
    }
  }

  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 9)
    let kinds: [Resampling.Kind] = [
      .downsampling(by: 2), .upsampling(by: 2), .nearest(to: Extent(71, 64)),
      .bilinear(to: Extent(71, 64), alignsCorners: false), .bilinear(to: Extent(20, 33), alignsCorners: true),
    ]
    for kind in kinds {
      for shape: Shape in [[2, 40, 43, 60], [1, 37, 40, 130]] {
        let resampling = try Resampling(input: shape, kind: kind)
        let input: Tensor<Float> = try Tensor(random: resampling.inputShape, &generator)
        let outputGradient: Tensor<Float> = try Tensor(random: resampling.outputShape, &generator)
        #expect(resampling.inputBands.tasks > 1, "\(resampling)")
        let results = try [1, 2, 3, 8].map({ try ExecutionContext(threads: $0) }).map { context in
          [
            try resampling.forward(input, context: context),
            try resampling.inputGradient(outputGradient, context: context),
          ]
        }
        #expect(results.allSatisfy { zip($0, results[0]).allSatisfy { $0.hasSameBits(as: $1) } }, "\(resampling)")
      }
    }
  }

  @Test func nanStaysWithItsChannel() throws {
    for resampling in Self.grid {
      // Half-pixel positions step over the corner where the output is smaller.
      if case .bilinear(_, alignsCorners: false) = resampling.kind,
        resampling.outputShape[1] < resampling.inputShape[1] || resampling.outputShape[2] < resampling.inputShape[2]
      {
        continue
      }
      var input = try Tensor<Float>(zeros: resampling.inputShape)
      input[0, 0, 0, 0] = .nan
      let output = try resampling.forward(input)
      #expect(output[0, 0, 0, 0].isNaN, "\(resampling)")
      let others = (0..<output.count).filter { $0 % resampling.channels != 0 }
      #expect(others.allSatisfy { output.elements[$0] == 0 }, "\(resampling)")
    }
  }

  @Test func badGeometry() throws {
    let input: Shape = [1, 4, 4, 2]
    let refused: [(Shape, Resampling.Kind, name: String)] = [
      ([4, 4, 2], .downsampling(by: 2), "resampling input"),
      ([0, 4, 4, 2], .downsampling(by: 2), "batch"),
      ([1, 4, 4, 0], .downsampling(by: 2), "channels"),
      ([1, 0, 4, 2], .downsampling(by: 2), "input height"),
      (input, .downsampling(by: Extent(1, 0)), "factor of width"),
      (input, .upsampling(by: Extent(-1, 1)), "factor of height"),
      (input, .nearest(to: Extent(0, 1)), "output height"),
      (input, .bilinear(to: Extent(1, -3), alignsCorners: true), "output width"),
    ]
    for (shape, kind, name) in refused {
      do throws(UnfoldError) {
        _ = try Resampling(input: shape, kind: kind)
        Issue.record("\(shape), \(kind) was accepted")
      } catch {
        guard case .invalidArgument(name, _, _) = error else {
          Issue.record("\(shape), \(kind): expected \(name), found \(error)")
          continue
        }
      }
    }
    let limit = Int(Int32.max)
    #expect(throws: UnfoldError.tooLarge("output height", size: "\(4 * limit)", limit: limit)) {
      try Resampling(input: input, kind: .upsampling(by: Extent(limit, 1)))
    }
    #expect(throws: UnfoldError.self) {
      try Resampling(input: [limit, 1, 1, limit], kind: .nearest(to: Extent(limit, limit)))
    }
  }

  @Test func tensorsThatDoNotFit() throws {
    let resampling = try Resampling(input: [1, 4, 4, 2], kind: .nearest(to: 8))
    var wrong = try Tensor<Float>(zeros: [1, 4, 4, 1])
    let input = try Tensor<Float>(zeros: resampling.inputShape)
    let output = try Tensor<Float>(zeros: resampling.outputShape)
    func mismatch(_ what: String, _ expected: Shape) -> UnfoldError {
      .shapeMismatch(of: what, expected: expected, found: [1, 4, 4, 1])
    }
    #expect(throws: mismatch("resampling input", [1, 4, 4, 2])) { try resampling.forward(wrong) }
    #expect(throws: mismatch("resampling output", [1, 8, 8, 2])) { try resampling.forward(input, into: &wrong) }
    #expect(throws: mismatch("resampling output gradient", [1, 8, 8, 2])) { try resampling.inputGradient(wrong) }
    #expect(throws: mismatch("resampling input gradient", [1, 4, 4, 2])) {
      try resampling.inputGradient(output, into: &wrong)
    }
  }
}
