import Unfold

/// A convolution or a transposed convolution, for tests of both.
protocol FilterGeometry: Sendable {
  var inputShape: Shape { get }
  var filterShape: Shape { get }
  var biasShape: Shape { get }
  var outputShape: Shape { get }

  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, filter: Tensor<Scalar>, bias: Tensor<Scalar>?, activation: Activation,
    context: ExecutionContext
  ) throws(UnfoldError) -> Tensor<Scalar>

  func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) -> Tensor<Scalar>

  func filterGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) -> Tensor<Scalar>

  func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) -> Tensor<Scalar>
}

extension ConvolutionGeometry: FilterGeometry {}
extension TransposedConvolutionGeometry: FilterGeometry {}
