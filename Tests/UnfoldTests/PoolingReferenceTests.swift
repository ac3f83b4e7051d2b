import Testing
import UnfoldReference

@testable import Unfold

/// Windows, strides, paddings, dilations and roundings crossed, against the lecture's loops.
@Suite struct PoolingReferenceTests {
  /// Every valid geometry of the grid.
  static func grid() -> [PoolingGeometry] {
    var geometries: [PoolingGeometry] = []
    let inputs: [Shape] = [[2, 7, 5, 3], [1, 9, 8, 17], [1, 6, 5, 75]]
    let windows = [Extent(1, 1), Extent(2, 2), Extent(3, 3), Extent(2, 5), Extent(4, 1)]
    let paddings: [Padding] = [.valid, 1, .sides(top: 0, bottom: 2, left: 1, right: 0), .same]
    for input in inputs {
      for window in windows {
        for stride: Extent in [1, 2, Extent(3, 1), 4] {
          for padding in paddings {
            for dilation: Extent in [1, Extent(2, 1), Extent(1, 3)] {
              for rounding in [OutputRounding.floor, .ceiling] {
                let geometry = try? PoolingGeometry(
                  input: input, window: window, stride: stride, padding: padding, dilation: dilation,
                  rounding: rounding)
                if let geometry { geometries.append(geometry) }
              }
            }
          }
        }
      }
    }
    return geometries
  }

  /// Those whose results are written by non-temporal stores: with short pixels and with long ones, apart and
  /// overlapping.
  static let streaming: [PoolingGeometry] = [
    try? PoolingGeometry(input: [2, 101, 90, 256], window: 2, rounding: .ceiling),
    try? PoolingGeometry(input: [1, 150, 121, 288], window: 3, stride: 2, padding: 1),
    try? PoolingGeometry(input: [3, 160, 150, 64], window: 3, stride: 1, padding: 1),
    try? PoolingGeometry(input: [2, 190, 250, 48], window: 2, stride: 3),
    try? PoolingGeometry(input: [2, 51, 45, 1040], window: 2),
  ].compactMap { $0 }

  @Test(arguments: streaming) func streamedMaximum(_ geometry: PoolingGeometry) throws {
    #expect(Self.streaming.count == 5)
    var input = try Tensor<Float>(uninitialized: geometry.inputShape)
    #expect(geometry.streams(try input.outputBase()), "\(geometry)")
    try checkMaximum(Float.self, [geometry])
  }

  @Test func gridIsLarge() {
    #expect(Self.grid().count > 500)
  }

  @Test func maximumInFloat() throws { try checkMaximum(Float.self, Self.grid()) }
  @Test func maximumInDouble() throws { try checkMaximum(Double.self, Self.grid()) }

  /// Multiples of a quarter in -1 to 1, so that windows hold ties.
  private func levels<Scalar: TensorScalar>(
    _ shape: Shape, _ generator: inout SeededGenerator
  ) throws -> Tensor<Scalar> {
    try Tensor(shape: shape) { _ in Scalar(Int.random(in: -4...4, using: &generator)) / 4 }
  }

  /// No sum in the forward pass, and the gradient sums in the lecture's order: equal to the last bit.
  private func checkMaximum<Scalar: TensorScalar>(_ type: Scalar.Type, _ geometries: [PoolingGeometry]) throws {
    var generator = SeededGenerator(seed: 1)
    for geometry in geometries {
      let input: Tensor<Scalar> = try levels(geometry.inputShape, &generator)
      let outputGradient: Tensor<Scalar> = try Tensor(random: geometry.outputShape, &generator)
      let expected = try geometry.reference.maximum(input)
      let (output, saved, inputGradient) = try geometry.maximumOverNaN(input, outputGradient)
      #expect(output == expected.output, "\(geometry)")
      #expect((0..<output.count).map { saved.inputOffset(of: $0) } == expected.saved, "\(geometry)")
      let expectedGradient = try geometry.reference.maximumInputGradient(outputGradient, saved: expected.saved)
      #expect(inputGradient == expectedGradient, "\(geometry)")
    }
  }

  // Sums of at most 10 terms of magnitude 1: ten roundings of half an ulp, of sums up to 10.
  @Test func meanInFloat() throws { try checkMean(Float.self, within: 10 * 10 * Double(Float.ulpOfOne)) }
  @Test func meanInDouble() throws { try checkMean(Double.self, within: 10 * 10 * Double.ulpOfOne) }

  private func checkMean<Scalar: TensorScalar>(_ type: Scalar.Type, within bound: Double) throws {
    var generator = SeededGenerator(seed: 2)
    for geometry in Self.grid() {
      let input: Tensor<Scalar> = try Tensor(random: geometry.inputShape, &generator)
      let outputGradient: Tensor<Scalar> = try Tensor(random: geometry.outputShape, &generator)
      for counting in [false, true] {
        var output: Tensor<Scalar> = try .poisoned(geometry.outputShape)
        try geometry.mean(input, countIncludesPadding: counting, into: &output)
        let expected = try geometry.reference.mean(input, countIncludesPadding: counting)
        #expect(output.largestDifference(to: expected) <= bound, "\(geometry), \(counting)")
        var inputGradient: Tensor<Scalar> = try .poisoned(geometry.inputShape)
        try geometry.meanInputGradient(outputGradient, countIncludesPadding: counting, into: &inputGradient)
        let expectedGradient = try geometry.reference.meanInputGradient(outputGradient, countIncludesPadding: counting)
        #expect(
          inputGradient.largestDifference(to: expectedGradient) <= bound, "\(geometry), \(counting)")
      }
    }
  }

  /// More than 256 taps: positions of four bytes.
  @Test(arguments: [5, 21, 70]) func wideWindows(channels: Int) throws {
    var generator = SeededGenerator(seed: 3)
    for window in [Extent(16, 16), Extent(16, 17), Extent(20, 19)] {
      let geometry = try PoolingGeometry(input: [2, 23, 21, channels], window: window, stride: 2, padding: 3)
      let input: Tensor<Float> = try Tensor(random: geometry.inputShape, &generator)
      let outputGradient: Tensor<Float> = try Tensor(random: geometry.outputShape, &generator)
      let (output, saved) = try geometry.maximum(input)
      #expect(saved.byteCount == output.count * (geometry.taps <= 256 ? 1 : 4))
      let expected = try geometry.reference.maximum(input)
      #expect(output == expected.output, "\(window)")
      #expect(
        try geometry.maximumInputGradient(outputGradient, saved: saved)
          == geometry.reference.maximumInputGradient(outputGradient, saved: expected.saved), "\(window)")
    }
  }

  /// Large enough for many tasks: bands of rows, and blocks of channels for a single image.
  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 4)
    let geometries = [
      try PoolingGeometry(input: [3, 45, 43, 37], window: 3, stride: 2, padding: 1, rounding: .ceiling),
      try PoolingGeometry(input: [1, 64, 64, 48], window: 3, stride: 1, padding: .same),
      try PoolingGeometry.global(input: [1, 40, 41, 200]),
    ]
    for geometry in geometries {
      #expect(geometry.outputBands.tasks > 2, "\(geometry)")
      let input: Tensor<Float> = try Tensor(random: geometry.inputShape, &generator)
      let outputGradient: Tensor<Float> = try Tensor(random: geometry.outputShape, &generator)
      let pooled = try geometry.reference.maximum(input)
      var results: [[Tensor<Float>]] = []
      for context in try [1, 2, 3, 8].map({ try ExecutionContext(threads: $0) }) {
        let (output, saved) = try geometry.maximum(input, context: context)
        #expect(output == pooled.output, "\(geometry), \(context.threads) threads")
        results.append([
          try geometry.maximumInputGradient(outputGradient, saved: saved, context: context),
          try geometry.mean(input, countIncludesPadding: false, context: context),
          try geometry.meanInputGradient(outputGradient, countIncludesPadding: true, context: context),
        ])
      }
      #expect(results.allSatisfy { zip($0, results[0]).allSatisfy { $0.hasSameBits(as: $1) } }, "\(geometry)")
      let (gradient, mean) = (results[0][0], results[0][1])
      #expect(gradient == (try geometry.reference.maximumInputGradient(outputGradient, saved: pooled.saved)))
      let expectedMean = try geometry.reference.mean(input, countIncludesPadding: false)
      #expect(mean.largestDifference(to: expectedMean) < 1e-5)
    }
  }
}
