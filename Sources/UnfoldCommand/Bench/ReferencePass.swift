import Unfold
import UnfoldReference

/// One pass of one convolution by the lecture's loops, for comparison with the engine.
struct ReferencePass: MeasuredPass {
  private let tensors: ConvolutionPass
  /// The output or the gradient of the last run.
  private(set) var result: Tensor<Float>?
  /// The gradient with respect to the bias, if the direction has one.
  private(set) var biasGradient: Tensor<Float>?

  /// - Throws: `UnfoldError` where memory is refused.
  init(_ geometry: ConvolutionGeometry, _ direction: PassDirection) throws(UnfoldError) {
    tensors = try ConvolutionPass(geometry, direction)
  }

  var operations: Double { tensors.operations }
  var tensorBytes: Int { tensors.tensorBytes }

  /// Runs once, on one thread and into new memory, which is all that the loops can do.
  mutating func run(context: ExecutionContext) throws(UnfoldError) {
    let reference = tensors.geometry.reference
    switch tensors.direction {
    case .forward, .forwardWithBias:
      result = try reference.forward(tensors.first, filter: tensors.second, bias: tensors.bias)
    case .inputGradient:
      result = try reference.inputGradient(tensors.first, filter: tensors.second)
    case .filterGradient, .filterAndBiasGradient:
      result = try reference.filterGradient(tensors.first, outputGradient: tensors.second)
      if tensors.direction == .filterAndBiasGradient {
        biasGradient = try reference.biasGradient(tensors.second)
      }
    }
  }
}
