import Unfold

/// A transposed convolution with bias and activation; see `TransposedConvolutionGeometry`.
public struct TransposedConvolutionLayer: ActivatedLayer, SavedLayer {
  public var filters, groups: Int
  public var window, stride, dilation: Extent
  public var padding: Padding
  public var outputPadding: Extent
  public var hasBias: Bool
  public var initializer: Initializer
  /// Applied to the output in the same pass.
  public var activation: Activation = .identity

  public static var savedName: String { "transposed-convolution" }
  public var kind: String { "up" }
  public var label: String { "transposed conv \(window)" + suffix(stride: stride) }

  /// A layer.
  public init(
    filters: Int, window: Extent, stride: Extent = 1, padding: Padding = .valid, outputPadding: Extent = 0,
    dilation: Extent = 1, groups: Int = 1, hasBias: Bool = true, initializer: Initializer = .heNormal
  ) {
    (self.filters, self.groups) = (filters, groups)
    (self.window, self.stride, self.dilation) = (window, stride, dilation)
    (self.padding, self.outputPadding) = (padding, outputPadding)
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
    return .filter(
      geometry.filterShape, role: .transposedFilter,
      start: .drawn(
        initializer, fanIn: taps * geometry.adjoint.outputChannels / groups,
        fanOut: window.height * window.width * filters / groups),
      bias: hasBias ? geometry.biasShape : nil)
  }

  public func operationCount(_ inputs: [Shape]) -> Double { (try? geometry(inputs, batch: 1).adjoint.operations) ?? 0 }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    FilterKernel<Scalar>(.transposedConvolution(try geometry(inputs, batch: batch)), activation)
  }
}
