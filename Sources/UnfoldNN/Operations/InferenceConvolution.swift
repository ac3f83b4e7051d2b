import Unfold

/// A convolution and the batch normalisation after it as one convolution, for inference; see
/// ``BatchNormalization/folded(filter:bias:scale:shift:running:)``.
struct FoldedConvolution: Operation {
  var convolution: ConvolutionOperation
  let normalization: BatchNormalizationOperation

  var kind: String { convolution.kind }

  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { try convolution.outputShape(inputs) }

  func operationCount(_ inputs: [Shape]) -> Double { convolution.operationCount(inputs) }

  func fused(with activation: Activation) -> (any Operation)? {
    guard let fused = convolution.fused(with: activation) as? ConvolutionOperation else { return nil }
    return FoldedConvolution(convolution: fused, normalization: normalization)
  }

  func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    let geometry = try convolution.geometry(inputs, batch: batch)
    return try FoldedConvolutionKernel<Scalar>(
      geometry, convolution.activation, normalization.normalization([geometry.outputShape.sample], batch: batch),
      hasBias: convolution.hasBias)
  }
}

/// Parameters: filter, bias if there is one, scale, shift, running mean, running variance.
final class FoldedConvolutionKernel<Scalar: TensorScalar>: Kernel {
  private let geometry: ConvolutionGeometry
  private let activation: Activation
  private let normalization: BatchNormalization
  private let hasBias: Bool
  private var filter: Tensor<Scalar>
  private var bias: Tensor<Scalar>
  /// How often the parameters had been changed when they were folded.
  private var foldedChanges: UInt64?

  init(
    _ geometry: ConvolutionGeometry, _ activation: Activation, _ normalization: BatchNormalization, hasBias: Bool
  ) throws(UnfoldError) {
    self.geometry = geometry
    self.activation = activation
    self.normalization = normalization
    self.hasBias = hasBias
    filter = try Tensor(uninitialized: geometry.filterShape)
    bias = try Tensor(uninitialized: geometry.biasShape)
  }

  var needs: BackwardNeeds { [] }
  var keptBytes: Int { (filter.count + bias.count) * MemoryLayout<Scalar>.stride }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try fold(pass.parameters)
    try geometry.forward(
      pass.input(), filter: filter, bias: bias, activation: activation, into: &pass.output, context: pass.context)
  }

  /// Only after a parameter has changed: answers to single images would spend most of their time here.
  private func fold(_ parameters: [Parameter<Scalar>]) throws(UnfoldError) {
    let changes = parameters.reduce(0) { $0 &+ $1.changes }
    guard changes != foldedChanges else { return }
    let first = hasBias ? 2 : 1
    try normalization.fold(
      filter: parameters[0].value, bias: hasBias ? parameters[1].value : nil, scale: parameters[first].value,
      shift: parameters[first + 1].value,
      running: RunningMoments(mean: parameters[first + 2].value, variance: parameters[first + 3].value),
      intoFilter: &filter, bias: &bias)
    foldedChanges = changes
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) { throw .noForwardPass }
}
