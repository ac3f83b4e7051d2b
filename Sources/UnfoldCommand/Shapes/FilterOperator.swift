import Unfold
import UnfoldData
import UnfoldReference

/// An operator with a filter that the commands measure and compare with the reference: a convolution, or a transposed one.
protocol FilterOperator: Hashable, Sendable {
  /// Its name in JSON.
  static var operation: String { get }

  /// `[N, H, W, C]`.
  var inputShape: Shape { get }
  /// R and S first.
  var filterShape: Shape { get }
  /// `[K]`.
  var biasShape: Shape { get }
  /// `[N, P, Q, K]`.
  var outputShape: Shape { get }
  var groups: Int { get }
  /// The multiplications and additions of one pass.
  var operations: Double { get }
  /// The pixels whose products a weight's gradient sums, those of all images: of the smaller map.
  var gradientPixels: Int { get }

  /// How it is to be computed.
  var algorithm: ConvolutionAlgorithm { get }
  func computed(by algorithm: ConvolutionAlgorithm) throws(UnfoldError) -> Self
  func algorithm<Scalar: TensorScalar>(
    for direction: ConvolutionDirection, accuracy context: ConvolutionAccuracy, of type: Scalar.Type
  ) -> ConvolutionAlgorithm
  func explanation(
    for direction: ConvolutionDirection, accuracy: ConvolutionAccuracy, threads: Int
  ) -> MethodExplanation

  func forward(
    _ input: Tensor<Float>, filter: Tensor<Float>, bias: Tensor<Float>?, activation: Activation,
    into output: inout Tensor<Float>, context: ExecutionContext
  ) throws(UnfoldError)
  func inputGradient(
    _ outputGradient: Tensor<Float>, filter: Tensor<Float>, into inputGradient: inout Tensor<Float>,
    context: ExecutionContext
  ) throws(UnfoldError)
  func filterGradient(
    _ input: Tensor<Float>, outputGradient: Tensor<Float>, into filterGradient: inout Tensor<Float>,
    context: ExecutionContext
  ) throws(UnfoldError)
  func biasGradient(
    _ outputGradient: Tensor<Float>, into biasGradient: inout Tensor<Float>, context: ExecutionContext
  ) throws(UnfoldError)

  associatedtype Reference: ReferenceLoops
  /// The same by the lecture's loops.
  var reference: Reference { get }
}

extension FilterOperator {
  var batch: Int { inputShape[0] }
  var inputChannels: Int { inputShape[3] }
  var outputChannels: Int { outputShape[3] }
  var taps: Int { filterShape[0] * filterShape[1] }

  /// How a pass is computed in single precision.
  func algorithm(of direction: PassDirection, accuracy: ConvolutionAccuracy) -> ConvolutionAlgorithm {
    algorithm(for: direction.convolution, accuracy: accuracy, of: Float.self)
  }

  /// A pass by the lecture's loops: the tensors in the order of ``ConvolutionPass``.
  func referencePass<Scalar: TensorScalar>(
    _ direction: PassDirection, _ first: Tensor<Scalar>, _ second: Tensor<Scalar>, bias: Tensor<Scalar>?
  ) throws(UnfoldError) -> ReferenceResult<Scalar> {
    switch direction {
    case .forward, .forwardWithBias:
      ReferenceResult(result: try reference.forward(first, filter: second, bias: bias))
    case .inputGradient: ReferenceResult(result: try reference.inputGradient(first, filter: second))
    case .filterGradient: ReferenceResult(result: try reference.filterGradient(first, outputGradient: second))
    case .filterAndBiasGradient:
      ReferenceResult(
        result: try reference.filterGradient(first, outputGradient: second),
        biasGradient: try reference.biasGradient(second))
    }
  }
}

/// What a pass by the lecture's loops has written.
struct ReferenceResult<Scalar: TensorScalar> {
  var result: Tensor<Scalar>
  var biasGradient: Tensor<Scalar>?
}

/// The lecture's loops of an operator with a filter.
protocol ReferenceLoops {
  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, filter: Tensor<Scalar>, bias: Tensor<Scalar>?
  ) throws(UnfoldError) -> Tensor<Scalar>
  func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar>
  func filterGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar>
  func biasGradient<Scalar: TensorScalar>(_ outputGradient: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar>
}

extension ReferenceConvolution: ReferenceLoops {}
extension ReferenceTransposedConvolution: ReferenceLoops {}

extension ConvolutionGeometry: FilterOperator {
  static var operation: String { "convolution" }
  var gradientPixels: Int { outputShape[0] * outputShape[1] * outputShape[2] }
}

extension TransposedConvolutionGeometry: FilterOperator {
  static var operation: String { "transposed-convolution" }
  var groups: Int { adjoint.groups }
  var gradientPixels: Int { inputShape[0] * inputShape[1] * inputShape[2] }
}
