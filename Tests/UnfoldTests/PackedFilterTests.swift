import Testing

@testable import Unfold

/// A packed filter gives the bits that the filter itself gives, which other suites judge.
@Suite struct PackedFilterTests {
  private func check<Scalar: TensorScalar>(
    _ type: Scalar.Type, _ geometry: ConvolutionGeometry, _ accuracy: ConvolutionAccuracy = .fast
  ) throws {
    var generator = SeededGenerator(seed: 21)
    let context = try ExecutionContext(threads: 2)
    context.accuracy = accuracy
    let input = try Tensor<Scalar>(random: geometry.inputShape, &generator)
    let filter = try Tensor<Scalar>(random: geometry.filterShape, &generator)
    let bias = try Tensor<Scalar>(random: geometry.biasShape, &generator)
    let packed = try PackedFilter(filter, for: geometry, context: context)
    for (bias, activation) in [(bias, .relu), (nil, .identity), (bias, .tanh)] as [(Tensor<Scalar>?, Activation)] {
      var output = try Tensor<Scalar>.poisoned(geometry.outputShape)
      try geometry.forward(
        input, packed: packed, bias: bias, activation: activation, into: &output, context: context)
      let expected = try geometry.forward(input, filter: filter, bias: bias, activation: activation, context: context)
      #expect(output.hasSameBits(as: expected), "\(geometry) \(activation)")
    }
  }

  @Test(arguments: largeGeometries) func largeConvolutionsHaveTheSameBits(_ geometry: ConvolutionGeometry) throws {
    try check(Float.self, geometry)
    try check(Float.self, geometry, .strict)
    try check(Double.self, geometry)
  }

  @Test func randomConvolutionsHaveTheSameBits() throws {
    var random = RandomGeometry(generator: SeededGenerator(seed: 22))
    for _ in 0..<300 { try check(Float.self, random.next()) }
  }

  @Test(arguments: WinogradTile.allCases) func winogradHasTheSameBits(_ tile: WinogradTile) throws {
    // Tile by tile, and filter by filter; channels and filters that fill no panel.
    var partitions: Set<Bool> = []
    for (input, filters) in [([2, 37, 41, 16], 33), ([1, 14, 14, 96], 208), ([1, 7, 7, 130], 150)] as [(Shape, Int)] {
      let geometry = try ConvolutionGeometry(input: input, filters: filters, window: 3, padding: 1)
        .computed(by: .winograd(tile))
      try check(Float.self, geometry)
      try check(Double.self, geometry)
      partitions.insert((geometry.winogradForward(tile) as WinogradProduct<Float>).plan.partition == .tiles)
    }
    #expect(partitions.count == 2)
  }

  @Test func anotherFilterTakesItsPlace() throws {
    let geometry = try ConvolutionGeometry(input: [1, 6, 6, 20], filters: 40, window: 3, padding: 1)
    var generator = SeededGenerator(seed: 23)
    let input = try Tensor<Float>(random: geometry.inputShape, &generator)
    let filters = try (0..<2).map { _ in try Tensor<Float>(random: geometry.filterShape, &generator) }
    var packed = try PackedFilter(filters[0], for: geometry)
    let copy = packed
    try packed.pack(filters[1])
    for (packed, filter) in [(packed, filters[1]), (copy, filters[0])] {
      #expect(try geometry.forward(input, packed: packed).hasSameBits(as: geometry.forward(input, filter: filter)))
    }
  }

  @Test func theAccuracyIsThatOfThePacking() throws {
    let geometry = try ConvolutionGeometry(input: [2, 28, 28, 64], filters: 64, window: 3, padding: 1)
    var generator = SeededGenerator(seed: 24)
    let input = try Tensor<Float>(random: geometry.inputShape, &generator)
    let filter = try Tensor<Float>(random: geometry.filterShape, &generator)
    let (fast, strict) = (try ExecutionContext(threads: 1), try ExecutionContext(threads: 1))
    strict.accuracy = .strict
    let expected = try geometry.forward(input, filter: filter, context: strict)
    let packed = try PackedFilter(filter, for: geometry, context: strict)
    #expect(try geometry.forward(input, packed: packed, context: fast).hasSameBits(as: expected))
    #expect(try !geometry.forward(input, filter: filter, context: fast).hasSameBits(as: expected))
  }

  @Test func aFilterOfAnotherConvolutionIsAnError() throws {
    let geometry = try ConvolutionGeometry(input: [1, 6, 6, 20], filters: 40, window: 3, padding: 1)
    let other = try ConvolutionGeometry(input: [2, 6, 6, 20], filters: 40, window: 3, padding: 1)
    let packed = try PackedFilter(Tensor<Float>(zeros: other.filterShape), for: other)
    #expect(throws: UnfoldError.self) {
      try geometry.forward(Tensor<Float>(zeros: geometry.inputShape), packed: packed)
    }
    #expect(throws: UnfoldError.self) { try PackedFilter(Tensor<Float>(zeros: [3, 3, 20, 39]), for: geometry) }
  }

  @Test func aDenseLayerHasTheSameBits() throws {
    var generator = SeededGenerator(seed: 25)
    for (batch, inputs, outputs) in [(1, 2100, 37), (5, 33, 1000), (70, 64, 3), (64, 300, 32)] {
      let geometry = try DenseGeometry(batch: batch, inputs: inputs, outputs: outputs)
      let input = try Tensor<Float>(random: geometry.inputShape, &generator)
      let weights = try Tensor<Float>(random: geometry.weightsShape, &generator)
      let bias = try Tensor<Float>(random: geometry.biasShape, &generator)
      let convolution = geometry.convolution
      let packed = try PackedFilter(weights.reshaped(to: convolution.filterShape), for: convolution)
      var output = try Tensor<Float>.poisoned(geometry.outputShape)
      try geometry.forward(input, packed: packed, bias: bias, activation: .relu, into: &output)
      let expected = try geometry.forward(input, weights: weights, bias: bias, activation: .relu)
      #expect(output.hasSameBits(as: expected), "\(batch) \(inputs) \(outputs)")
    }
  }

  /// `f(convolution + bias + term)`, the term elsewhere or where the output goes.
  @Test func aTermIsAddedUp() throws {
    var generator = SeededGenerator(seed: 26)
    // One tile and many, one part of a sum and several, columns that fill no vector.
    for (input, filters) in [
      ([1, 7, 7, 2048], 64), ([3, 28, 28, 48], 200), ([2, 9, 5, 7], 5), ([1, 20, 20, 1500], 37),
    ] as [(Shape, Int)] {
      let geometry = try ConvolutionGeometry(input: input, filters: filters, window: 1)
      #expect(geometry.canAdd)
      let input = try Tensor<Float>(random: geometry.inputShape, &generator)
      let filter = try Tensor<Float>(random: geometry.filterShape, &generator)
      let bias = try Tensor<Float>(random: geometry.biasShape, &generator)
      let term = try Tensor<Float>(random: geometry.outputShape, &generator)
      let packed = try PackedFilter(filter, for: geometry)
      let sums = try geometry.converted(Double.self, input, filter, bias).elements
      for activation in [Activation.identity, .relu, .tanh] {
        var apart = try Tensor<Float>.poisoned(geometry.outputShape)
        try geometry.forward(
          input, packed: packed, bias: bias, adding: term, activation: activation, into: &apart, context: .shared)
        let expected = try activation.forward(
          Tensor<Double>(zip(sums, term.elements).map { $0 + Double($1) }, shape: term.shape))
        for (found, expected) in zip(apart.elements, expected.elements) {
          #expect(abs(Double(found) - expected) < 1e-4, "\(geometry) \(activation)")
        }
        // In place: both tensors view one memory, as in a network's arena.
        let memory = try Tensor<Float>(term.elements, shape: term.shape)
        let view = try memory.samples(0..<term.shape[0])
        var output = try memory.samples(0..<term.shape[0])
        try geometry.forward(
          input, packed: packed, bias: bias, adding: view, activation: activation, into: &output, context: .shared)
        #expect(output.hasSameBits(as: apart), "\(geometry) \(activation)")
      }
    }
  }

  @Test func onlyPointwiseConvolutionsAdd() throws {
    for (window, stride, groups, filters) in [(3, 1, 1, 8), (1, 2, 1, 8), (1, 1, 2, 8), (1, 1, 1, 4)] {
      let geometry = try ConvolutionGeometry(
        input: [1, 8, 8, 8], filters: filters, window: Extent(window, window), stride: Extent(stride, stride),
        padding: .valid, groups: groups)
      #expect(!geometry.canAdd, "\(geometry)")
    }
  }
}

extension ConvolutionGeometry {
  /// The forward pass in another element type.
  fileprivate func converted<Scalar: TensorScalar>(
    _ type: Scalar.Type, _ input: Tensor<Float>, _ filter: Tensor<Float>, _ bias: Tensor<Float>
  ) throws -> Tensor<Scalar> {
    try forward(
      input.converted(to: type), filter: filter.converted(to: type), bias: bias.converted(to: type))
  }
}
