import Unfold

/// A transposed convolution with bias and activation; see `TransposedConvolutionGeometry`.
public struct TransposedConvolutionLayer: ActivatedLayer {
  public var filters: Int
  public var window: Extent
  public var stride: Extent
  public var padding: Padding
  public var outputPadding: Extent
  public var dilation: Extent
  public var groups: Int
  public var hasBias: Bool
  public var initializer: Initializer
  /// Applied to the output in the same pass.
  public var activation: Activation = .identity

  public var kind: String { "up" }
  public var label: String { "transposed conv \(window)" + suffix(stride: stride) }

  /// A layer.
  public init(
    filters: Int, window: Extent, stride: Extent = 1, padding: Padding = .valid, outputPadding: Extent = 0,
    dilation: Extent = 1, groups: Int = 1, hasBias: Bool = true, initializer: Initializer = .heNormal
  ) {
    self.filters = filters
    self.window = window
    self.stride = stride
    self.padding = padding
    self.outputPadding = outputPadding
    self.dilation = dilation
    self.groups = groups
    self.hasBias = hasBias
    self.initializer = initializer
  }

  private func geometry(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> TransposedConvolutionGeometry {
    try TransposedConvolutionGeometry(
      input: inputs.map(of: self).batched(batch), filters: filters, window: window, stride: stride, padding: padding,
      outputPadding: outputPadding, dilation: dilation, groups: groups)
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try activation.validate()
    return try geometry(inputs, batch: 1).outputShape.sample
  }

  public func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
    let geometry = try geometry(inputs, batch: 1)
    // An output pixel is reached by one tap in stride x stride.
    let taps = max(1, window.height * window.width / (stride.height * stride.width))
    let filter = ParameterDescription(
      "weight", role: .transposedFilter, shape: geometry.filterShape,
      start: .drawn(
        initializer, fanIn: taps * geometry.adjoint.outputChannels / groups,
        fanOut: window.height * window.width * filters / groups))
    return hasBias
      ? [filter, ParameterDescription("bias", role: .bias, shape: geometry.biasShape, start: .constant(0))] : [filter]
  }

  public func operationCount(_ inputs: [Shape]) -> Double { (try? geometry(inputs, batch: 1).adjoint.operations) ?? 0 }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    TransposedConvolutionKernel<Scalar>(try geometry(inputs, batch: batch), activation)
  }
}

/// Parameters: filter, bias if there is one.
final class TransposedConvolutionKernel<Scalar: TensorScalar>: Kernel {
  private let geometry: TransposedConvolutionGeometry
  private let activation: Activation

  init(_ geometry: TransposedConvolutionGeometry, _ activation: Activation) {
    self.geometry = geometry
    self.activation = activation
  }

  var needs: BackwardNeeds { activation == .identity ? .inputs : [.inputs, .output] }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try geometry.forward(
      pass.input(), filter: pass.parameters[0].value, bias: pass.parameters.count > 1 ? pass.parameters[1].value : nil,
      activation: activation, into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try activation.applyGradient(to: &pass.outputGradient, pass, context: pass.context)
    let gradient = pass.outputGradient
    try geometry.filterGradient(
      pass.input(), outputGradient: gradient, into: &pass.parameters[0].gradient, context: pass.context)
    if pass.parameters.count > 1 {
      try geometry.biasGradient(gradient, into: &pass.parameters[1].gradient, context: pass.context)
    }
    if pass.needsGradient() {
      try geometry.inputGradient(
        gradient, filter: pass.parameters[0].value, into: &pass[inputGradient: 0], context: pass.context)
    }
  }
}
