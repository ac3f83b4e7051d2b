import Unfold

/// A convolution with bias and activation; see `ConvolutionGeometry`.
public struct ConvolutionLayer: ActivatedLayer, SavedLayer {
  public var filters, groups: Int
  public var window, stride, dilation: Extent
  public var padding: Padding
  public var hasBias: Bool
  public var initializer: Initializer
  /// Whether a file holds the filters as a dense layer's weights, `[K, C]`: of a 1x1 window without groups only.
  public var isPixelwiseDense = false
  /// Applied to the output in the same pass.
  public var activation: Activation = .identity

  public static var savedName: String { "convolution" }
  public var kind: String { "conv" }
  public var label: String {
    let words = groups == 1 ? kind : groups == filters ? "depthwise conv" : "grouped conv"
    if isPixelwiseDense { return "dense, each pixel" }
    return "\(words) \(window)" + suffix(stride: stride) + (dilation == 1 ? "" : ", dilation \(dilation.shortest)")
  }

  /// A layer.
  public init(
    filters: Int, window: Extent, stride: Extent = 1, padding: Padding = .valid, dilation: Extent = 1, groups: Int = 1,
    hasBias: Bool = true, initializer: Initializer = .heNormal
  ) {
    (self.filters, self.groups) = (filters, groups)
    (self.window, self.stride, self.dilation) = (window, stride, dilation)
    self.padding = padding
    self.hasBias = hasBias
    self.initializer = initializer
  }

  func geometry(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> ConvolutionGeometry {
    try ConvolutionGeometry(
      input: inputs.map(of: self).batched(batch), filters: filters, window: window, stride: stride, padding: padding,
      dilation: dilation, groups: groups)
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try activation.validate()
    return try geometry(inputs, batch: 1).outputShape.sample
  }

  public func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
    let geometry = try geometry(inputs, batch: 1)
    guard !isPixelwiseDense || (window == 1 && groups == 1) else {
      throw .invalidArgument(
        "a dense layer of pixels", expected: "a 1x1 window without groups", found: "\(window) and \(groups) groups")
    }
    let taps = window.height * window.width
    return .filter(
      geometry.filterShape, role: isPixelwiseDense ? .pointwiseWeights : .filter,
      start: .drawn(initializer, fanIn: taps * geometry.inputChannels / groups, fanOut: taps * filters / groups),
      bias: hasBias ? geometry.biasShape : nil)
  }

  public func operationCount(_ inputs: [Shape]) -> Double { (try? geometry(inputs, batch: 1).operations) ?? 0 }

  public var forInference: any Layer { InferenceConvolution(convolution: self) }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    FilterKernel<Scalar>(.convolution(try geometry(inputs, batch: batch)), activation)
  }
}
