import Unfold

/// The mean of each window (lecture, "Mean pooling").
public final class MeanPooling<Scalar: TensorScalar>: Layer {
  /// `[H, W, C]`.
  public let inputShape: Shape
  /// `[P, Q, C]`.
  public let outputShape: Shape
  /// Whether padding counts as zeros, or is left out of the mean.
  public let countIncludesPadding: Bool
  private let window: PoolingWindow
  private var batches = RecentBatches<PoolingState<Scalar>>()
  private var saved: PoolingState<Scalar>?

  /// A layer for maps of a shape.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`.
  ///   - window: The height and width of a window.
  ///   - stride: The step between two windows; nil for windows side by side.
  ///   - padding: Zeros around each map.
  ///   - dilation: The step between two elements of a window.
  ///   - rounding: Whether a last partial window counts.
  ///   - countIncludesPadding: Whether padding counts as zeros, or is left out of the mean.
  /// - Throws: ``UnfoldError`` for shapes that do not fit each other, see ``PoolingGeometry``.
  public init(
    input: Shape, window: Extent, stride: Extent? = nil, padding: Padding = .valid, dilation: Extent = 1,
    rounding: OutputRounding = .floor, countIncludesPadding: Bool = true
  ) throws(UnfoldError) {
    self.window = PoolingWindow(
      window: window, stride: stride, padding: padding, dilation: dilation, rounding: rounding)
    let geometry = try self.window.geometry(input, batch: 1)
    inputShape = input
    outputShape = Shape(Array(geometry.outputShape.extents.dropFirst()))
    self.countIncludesPadding = countIncludesPadding
  }

  /// None.
  public var parameters: [Parameter<Scalar>] { [] }

  /// See ``Layer/forward(_:mode:context:)``.
  public func forward(
    _ input: Tensor<Scalar>, mode: ForwardMode = .inference, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    saved = nil
    let batch = try batchSize(of: input)
    let state = try batches.state(for: batch) { () throws(UnfoldError) in
      try PoolingState(try window.geometry(inputShape, batch: batch))
    }
    try state.geometry.mean(
      input, countIncludesPadding: countIncludesPadding, into: &state.output, context: context)
    if mode == .training { saved = state }
    return state.output
  }

  /// See ``Layer/backward(_:needsInputGradient:context:)``.
  public func backward(
    _ outputGradient: Tensor<Scalar>, needsInputGradient: Bool = true, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar>? {
    guard let state = saved.take() else { throw .noForwardPass }
    guard needsInputGradient else { return nil }
    let geometry = state.geometry
    var inputGradient = try state.inputGradient.takeBuffer(geometry.inputShape)
    try geometry.meanInputGradient(
      outputGradient, countIncludesPadding: countIncludesPadding, into: &inputGradient, context: context)
    state.inputGradient = inputGradient
    return inputGradient
  }
}
