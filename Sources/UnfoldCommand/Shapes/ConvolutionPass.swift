import Unfold

/// One pass of one convolution, or transposed convolution, with tensors of random numbers, which can be run many times
/// into the same results.
struct ConvolutionPass: MeasuredPass {
  let geometry: any FilterOperator
  let direction: PassDirection

  /// The input, or for the input gradient the output gradient.
  let first: Tensor<Float>
  /// The filter, or for the filter gradient the output gradient.
  let second: Tensor<Float>
  /// The bias where the forward pass has one.
  let bias: Tensor<Float>?
  /// The output, or the gradient with respect to the input or the filter. NaN until the first run.
  private(set) var result: Tensor<Float>
  /// The gradient with respect to the bias, if the direction has one.
  private(set) var biasGradient: Tensor<Float>?

  /// The tensors of a pass.
  ///
  /// - Parameters:
  ///   - numbers: Where the numbers lie, uniformly.
  ///   - seed: Decides them.
  /// - Throws: `UnfoldError` where memory is refused.
  init(
    _ geometry: any FilterOperator, _ direction: PassDirection, numbers: Range<Float> = -1..<1, seed: UInt64 = 0
  ) throws(UnfoldError) {
    var generator = SeededGenerator(seed: seed)
    func random(_ shape: Shape) throws(UnfoldError) -> Tensor<Float> {
      try .random(shape, in: numbers, using: &generator)
    }
    self.geometry = geometry
    self.direction = direction
    switch direction {
    case .forward, .forwardWithBias:
      first = try random(geometry.inputShape)
      second = try random(geometry.filterShape)
      bias = direction == .forwardWithBias ? try random(geometry.biasShape) : nil
      result = try Tensor(repeating: .nan, shape: geometry.outputShape)
      biasGradient = nil
    case .inputGradient:
      first = try random(geometry.outputShape)
      second = try random(geometry.filterShape)
      bias = nil
      result = try Tensor(repeating: .nan, shape: geometry.inputShape)
      biasGradient = nil
    case .filterGradient, .filterAndBiasGradient:
      first = try random(geometry.inputShape)
      second = try random(geometry.outputShape)
      bias = nil
      result = try Tensor(repeating: .nan, shape: geometry.filterShape)
      biasGradient =
        direction == .filterAndBiasGradient ? try Tensor(repeating: .nan, shape: geometry.biasShape) : nil
    }
  }

  var operations: Double { geometry.operations }

  /// The bytes of all tensors.
  var tensorBytes: Int {
    let small = (bias?.count ?? 0) + (biasGradient?.count ?? 0)
    return (first.count + second.count + result.count + small) * MemoryLayout<Float>.stride
  }

  /// Runs the pass once by the engine.
  mutating func run(context: ExecutionContext) throws(UnfoldError) {
    switch direction {
    case .forward, .forwardWithBias:
      try geometry.forward(
        first, filter: second, bias: bias, activation: .identity, into: &result, context: context)
    case .inputGradient:
      try geometry.inputGradient(first, filter: second, into: &result, context: context)
    case .filterGradient, .filterAndBiasGradient:
      try geometry.filterGradient(first, outputGradient: second, into: &result, context: context)
      if var gradient = biasGradient.take() {
        try geometry.biasGradient(second, into: &gradient, context: context)
        biasGradient = gradient
      }
    }
  }
}
