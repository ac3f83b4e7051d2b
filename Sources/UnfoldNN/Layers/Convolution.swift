import Unfold

/// A convolution with bias and activation (lecture, "A convolutional layer": an affine map, then a pointwise
/// activation).
///
/// Parameters: `weight`, the filter `[R, S, C/groups, K]`, and `bias`, `[K]`.
public final class Convolution<Scalar: TensorScalar>: Layer {
  /// The shapes, for a batch of one.
  public let geometry: ConvolutionGeometry
  /// f.
  public let activation: Activation
  /// The filter.
  public let filter: Parameter<Scalar>
  /// The bias, nil for a layer without.
  public let bias: Parameter<Scalar>?

  private let window: Extent
  private let stride: Extent
  private let padding: Padding
  private let dilation: Extent
  private typealias State = AffineState<ConvolutionGeometry, Scalar>
  private var batches = RecentBatches<State>()
  private var saved: (input: Tensor<Scalar>, state: State)?

  /// A layer with freshly drawn filters and a bias of zeros.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`.
  ///   - filters: K.
  ///   - window: R and S.
  ///   - stride: The step between two output pixels.
  ///   - padding: Zeros around each image.
  ///   - dilation: The step between two taps.
  ///   - groups: C and K are split into so many groups.
  ///   - activation: f.
  ///   - hasBias: Whether there is a bias.
  ///   - initializer: How the filters begin.
  ///   - generator: Where the random numbers come from.
  /// - Throws: ``UnfoldError`` for shapes that do not fit each other, see ``ConvolutionGeometry``.
  public init(
    input: Shape, filters: Int, window: Extent, stride: Extent = 1, padding: Padding = .valid, dilation: Extent = 1,
    groups: Int = 1, activation: Activation = .identity, hasBias: Bool = true, initializer: Initializer = .heNormal,
    using generator: inout SeededGenerator
  ) throws(UnfoldError) {
    guard input.rank == 3 else {
      throw .invalidArgument("input of a convolution", expected: "[H, W, C]", found: "\(input)")
    }
    try activation.validate()
    geometry = try ConvolutionGeometry(
      input: input.batched(1), filters: filters, window: window, stride: stride, padding: padding, dilation: dilation,
      groups: groups)
    self.window = window
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.activation = activation
    // An input channel reaches only the filters of its own group.
    let taps = window.height * window.width
    filter = try Parameter(
      "weight", role: .filter,
      value: try initializer.makeWeights(
        geometry.filterShape, fanIn: taps * (input[2] / groups), fanOut: taps * (filters / groups), using: &generator))
    bias = hasBias ? try Parameter("bias", role: .bias, value: Tensor(zeros: geometry.biasShape)) : nil
  }

  /// `[H, W, C]`.
  public var inputShape: Shape { Shape(Array(geometry.inputShape.extents.dropFirst())) }
  /// `[P, Q, K]`.
  public var outputShape: Shape { Shape(Array(geometry.outputShape.extents.dropFirst())) }
  /// Filter and bias.
  public var parameters: [Parameter<Scalar>] { [filter] + (bias.map { [$0] } ?? []) }

  /// See ``Layer/forward(_:mode:context:)``.
  public func forward(
    _ input: Tensor<Scalar>, mode: ForwardMode = .inference, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    saved = nil
    let batch = try batchSize(of: input)
    let state = try batches.state(for: batch) { () throws(UnfoldError) in
      let geometry = try ConvolutionGeometry(
        input: inputShape.batched(batch), filters: self.geometry.outputChannels, window: window, stride: stride,
        padding: padding, dilation: dilation, groups: self.geometry.groups)
      return try State(geometry, output: geometry.outputShape)
    }
    let geometry = state.geometry
    if mode == .training, !activation.gradientFollowsFromOutput {
      var affine = try state.affine.takeBuffer(geometry.outputShape)
      try geometry.forward(input, filter: filter.value, bias: bias?.value, into: &affine, context: context)
      try activation.forward(affine, into: &state.output, context: context)
      state.affine = affine
    } else {
      try geometry.forward(
        input, filter: filter.value, bias: bias?.value, activation: activation, into: &state.output, context: context)
    }
    if mode == .training { saved = (input, state) }
    return state.output
  }

  /// See ``Layer/backward(_:needsInputGradient:context:)``.
  public func backward(
    _ outputGradient: Tensor<Scalar>, needsInputGradient: Bool = true, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar>? {
    guard let (input, state) = saved.take() else { throw .noForwardPass }
    let geometry = state.geometry
    let affineGradient = try state.affineGradient(outputGradient, activation, context)
    try geometry.filterGradient(input, outputGradient: affineGradient, into: &filter.gradient, context: context)
    if let bias { try geometry.biasGradient(affineGradient, into: &bias.gradient, context: context) }
    guard needsInputGradient else { return nil }
    var inputGradient = try state.inputGradient.takeBuffer(geometry.inputShape)
    try geometry.inputGradient(affineGradient, filter: filter.value, into: &inputGradient, context: context)
    state.inputGradient = inputGradient
    return inputGradient
  }
}
