import Unfold

/// One pass of one convolution, or transposed convolution, by the lecture's loops, for comparison with the engine.
struct ReferencePass: MeasuredPass {
  private let tensors: ConvolutionPass
  private var written: ReferenceResult<Float>?

  /// - Throws: `UnfoldError` where memory is refused.
  init(_ geometry: any FilterOperator, _ direction: PassDirection) throws(UnfoldError) {
    tensors = try ConvolutionPass(geometry, direction)
  }

  /// The output or the gradient of the last run.
  var result: Tensor<Float>? { written?.result }
  /// The gradient with respect to the bias, if the direction has one.
  var biasGradient: Tensor<Float>? { written?.biasGradient }

  var operations: Double { tensors.operations }
  var tensorBytes: Int { tensors.tensorBytes }

  /// Runs once, on one thread and into new memory, which is all that the loops can do.
  mutating func run(context: ExecutionContext) throws(UnfoldError) {
    written = try tensors.geometry.referencePass(
      tensors.direction, tensors.first, tensors.second, bias: tensors.bias)
  }
}
