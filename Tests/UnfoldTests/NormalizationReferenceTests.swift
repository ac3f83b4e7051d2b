import Testing
import UnfoldReference

@testable import Unfold

/// Every result against the plain loops in double precision, over crossed odd shapes.
@Suite struct NormalizationReferenceTests {
  /// Small shapes, shapes with a rest, shapes with several blocks of lanes, and shapes that are cut into tasks.
  static let batchShapes: [Shape] = [
    [2, 1], [2, 3], [3, 2], [5, 17], [64, 10], [33, 128], [7, 255], [9, 256], [5, 300], [3, 1000],
    [2, 3, 3], [1, 7, 5, 3], [2, 5, 7, 1], [3, 9, 11, 8], [2, 13, 7, 31], [2, 6, 6, 33], [4, 7, 7, 64], [3, 5, 5, 96],
    [2, 3, 5, 257], [1, 9, 9, 513], [2, 2, 3, 2, 5], [1, 1, 2, 640],
    [2, 181, 183, 1], [1, 97, 91, 12], [2, 67, 71, 16], [6, 29, 31, 64], [3, 23, 19, 300], [260, 1030],
  ]

  private func check(
    _ results: NormalizationResults<Double>, _ expected: NormalizationResults<Double>, _ tolerance: Double,
    _ test: String
  ) {
    #expect(results.count == expected.count)
    for (found, truth) in zip(results, expected) {
      let difference = found.tensor.largestDifference(to: truth.tensor)
      #expect(difference <= tolerance, "\(test), \(found.name): difference \(difference)")
    }
  }

  /// Float's results as Double, to be compared.
  private func doubles(_ results: NormalizationResults<Float>) throws -> NormalizationResults<Double> {
    try results.map { result in
      let elements = result.tensor.elements
      return (result.name, try Tensor<Double>(shape: result.tensor.shape) { Double(elements[$0]) })
    }
  }

  /// A normalisation of single samples in both element types.
  private func check(
    _ geometry: some SampleNormalization,
    _ expected: (NormalizationOperands<Double>) throws -> NormalizationResults<Double>, seed: UInt64, _ test: String
  ) throws {
    let (shape, parameters) = (geometry.inputShape, geometry.parameterShape)
    let x = try NormalizationOperands<Double>(shape, parameters: parameters, seed: seed)
    check(try geometry.results(x), try expected(x), 1e-11, test)
    let small = try NormalizationOperands<Float>(shape, parameters: parameters, seed: seed)
    check(try doubles(geometry.results(small)), try expected(small.doubles()), 2e-5, test + " Float")
  }

  @Test func batchNormalization() throws {
    for (index, shape) in Self.batchShapes.enumerated() {
      for activation in [Activation.identity, .relu, .relu6, .silu] {
        let geometry = try BatchNormalization(
          input: shape, epsilon: index % 2 == 0 ? 1e-5 : 0.1, momentum: index % 3 == 0 ? 0.1 : 0.6,
          activation: activation)
        let test = "\(shape) \(activation)"
        // In double precision no output lies so near to 0 that the two sides see different signs.
        let x = try NormalizationOperands<Double>(
          shape, parameters: geometry.parameterShape, seed: UInt64(index))
        check(try geometry.results(x), try geometry.expected(x), 1e-11, test)
        if activation == .identity {
          let small = try NormalizationOperands<Float>(
            shape, parameters: geometry.parameterShape, seed: UInt64(index))
          check(try doubles(geometry.results(small)), try geometry.expected(small.doubles()), 2e-5, test + " Float")
        }
      }
    }
  }

  /// Where an output is 0 by rounding alone, its gradient may go either way: everywhere else relu's Float gradients are
  /// the plain loops'.
  @Test func rectifiedFloat() throws {
    let shape: Shape = [3, 11, 9, 20]
    let geometry = try BatchNormalization(input: shape, activation: .relu)
    let x = try NormalizationOperands<Float>(shape, parameters: [20], seed: 4)
    check(try doubles(geometry.results(x)), try geometry.expected(x.doubles()), 1e-5, "\(shape) relu Float")
  }

  @Test func layerNormalization() throws {
    let shapes: [(Shape, axes: Int)] = [
      ([1], 1), ([5], 1), ([3, 1], 1), ([4, 7], 1), ([4, 7], 2), ([2, 3, 4, 5], 1), ([2, 3, 4, 5], 2),
      ([2, 3, 4, 5], 3), ([2, 3, 4, 5], 4), ([9, 64], 1), ([70, 129], 1), ([3, 2048], 1), ([3, 2049], 1),
      ([5, 7000], 1), ([200, 768], 1), ([1500, 40], 1), ([2, 16_384], 1), ([2, 16_385], 1), ([3, 33, 29, 31], 3),
      ([70_001], 1),
    ]
    for (index, (shape, axes)) in shapes.enumerated() {
      let geometry = try LayerNormalization(input: shape, axes: axes, epsilon: index % 2 == 0 ? 1e-5 : 0.1)
      try check(geometry, geometry.expected, seed: UInt64(index), "\(shape) \(axes)")
    }
  }

  @Test func groupNormalization() throws {
    let shapes: [(Shape, groups: [Int])] = [
      ([1, 1], [1]), ([1, 4], [1, 2]), ([3, 6], [1, 2, 3]), ([2, 3, 9], [1, 3, 9]), ([2, 5, 7, 6], [1, 2, 6]),
      ([3, 4, 5, 12], [4]), ([2, 3, 3, 300], [1, 5, 300]), ([20, 7, 7, 64], [32]), ([1, 61, 57, 24], [1, 8]),
      ([2, 90, 91, 10], [5]), ([17, 70, 71, 16], [4]), ([2, 19, 17, 320], [32]), ([300, 3, 3, 20], [4]),
    ]
    for (index, (shape, groups)) in shapes.enumerated() {
      for count in groups {
        let geometry = try GroupNormalization(input: shape, groups: count, epsilon: index % 2 == 0 ? 1e-5 : 0.1)
        try check(geometry, geometry.expected, seed: UInt64(index), "\(shape) \(count)")
      }
    }
  }

  /// A convolution with the folded filter and bias is the convolution and the normalisation after it.
  @Test func foldedConvolution() throws {
    for groups in [1, 2] {
      for hasBias in [false, true] {
        var generator = SeededGenerator(seed: 9)
        let convolution = try ConvolutionGeometry(
          input: [2, 7, 6, 4], filters: 10, window: Extent(3, 2), padding: 1, groups: groups)
        let normalization = try BatchNormalization(input: convolution.outputShape, activation: .relu)
        let images = try Tensor<Double>(random: convolution.inputShape, &generator)
        let filter = try Tensor<Double>(random: convolution.filterShape, &generator)
        let bias = hasBias ? try Tensor<Double>(random: [10], &generator) : nil
        let scale = try Tensor<Double>(random: [10], &generator)
        let shift = try Tensor<Double>(random: [10], &generator)
        let running = RunningMoments(
          mean: try Tensor<Double>(random: [10], &generator),
          variance: try Tensor<Double>(random: [10], &generator).magnitudes())
        var foldedFilter: Tensor<Double> = try .poisoned(filter.shape)
        var foldedBias: Tensor<Double> = try .poisoned([10])
        try normalization.fold(
          filter: filter, bias: bias, scale: scale, shift: shift, running: running, intoFilter: &foldedFilter,
          bias: &foldedBias)
        let found = try convolution.forward(images, filter: foldedFilter, bias: foldedBias, activation: .relu)
        let whole = try normalization.inferenceForward(
          convolution.forward(images, filter: filter, bias: bias), scale: scale, shift: shift, running: running)
        #expect(found.largestDifference(to: whole) < 1e-12, "groups \(groups), bias \(hasBias)")
        let plain = try normalization.reference.folded(
          filter: filter, bias: bias, scale: scale, shift: shift, running: running)
        #expect(foldedFilter.largestDifference(to: plain.filter) < 1e-13, "groups \(groups), bias \(hasBias)")
        #expect(foldedBias.largestDifference(to: plain.bias) < 1e-13, "groups \(groups), bias \(hasBias)")
      }
    }
  }
}
