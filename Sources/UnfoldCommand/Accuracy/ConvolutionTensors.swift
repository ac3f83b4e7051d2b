import Unfold

/// The tensors of a convolution's three passes.
struct ConvolutionTensors<Scalar: TensorScalar>: Sendable {
  /// `[N, H, W, C]`.
  let input: Tensor<Scalar>
  /// `[R, S, C/groups, K]`.
  let filter: Tensor<Scalar>
  /// `[N, P, Q, K]`.
  let outputGradient: Tensor<Scalar>

  /// The same numbers in another type, in memory of their own.
  func converted<Other: TensorScalar>(to type: Other.Type) throws(UnfoldError) -> ConvolutionTensors<Other> {
    ConvolutionTensors<Other>(
      input: try input.converted(to: type), filter: try filter.converted(to: type),
      outputGradient: try outputGradient.converted(to: type))
  }

  /// The result of a pass.
  func result(
    of direction: ConvolutionDirection, _ geometry: ConvolutionGeometry, context: ExecutionContext
  ) throws(UnfoldError) -> Tensor<Scalar> {
    switch direction {
    case .forward: try geometry.forward(input, filter: filter, context: context)
    case .inputGradient: try geometry.inputGradient(outputGradient, filter: filter, context: context)
    case .filterGradient: try geometry.filterGradient(input, outputGradient: outputGradient, context: context)
    case .biasGradient: try geometry.biasGradient(outputGradient, context: context)
    }
  }
}

extension ConvolutionTensors where Scalar == Float {
  /// Random numbers like those in networks: inputs as a relu leaves standard normal ones, filters as He et al. 2015
  /// start them, with variance `2 / (R S C/groups)`, output gradients standard normal.
  ///
  /// - Parameter seed: Decides the numbers together with the shapes.
  init(random geometry: ConvolutionGeometry, seed: UInt64 = 0) throws(UnfoldError) {
    var generator = SeededGenerator(seed: seed)
    let filterShape = geometry.filterShape
    let deviation = (2 / Float(filterShape[0] * filterShape[1] * filterShape[2])).squareRoot()
    input = try Tensor(shape: geometry.inputShape) { _ in max(0, generator.normal()) }
    filter = try Tensor(shape: filterShape) { _ in deviation * generator.normal() }
    outputGradient = try Tensor(shape: geometry.outputShape) { _ in generator.normal() }
  }
}
