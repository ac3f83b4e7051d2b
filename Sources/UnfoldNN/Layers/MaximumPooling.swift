import Unfold

/// The largest element of each window (lecture, "Max pooling").
public final class MaximumPooling<Scalar: TensorScalar>: Layer {
  /// `[H, W, C]`.
  public let inputShape: Shape
  /// `[P, Q, C]`.
  public let outputShape: Shape
  private let window: PoolingWindow
  private var batches = RecentBatches<State>()
  private var saved: State?

  private final class State {
    let pooling: PoolingState<Scalar>
    var positions: MaximumPositions
    init(_ geometry: PoolingGeometry) throws(UnfoldError) {
      pooling = try PoolingState(geometry)
      positions = try MaximumPositions(for: geometry)
    }
  }

  /// A layer for maps of a shape.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`.
  ///   - window: The height and width of a window.
  ///   - stride: The step between two windows; nil for windows side by side.
  ///   - padding: Absent elements around each map.
  ///   - dilation: The step between two elements of a window.
  ///   - rounding: Whether a last partial window counts.
  /// - Throws: ``UnfoldError`` for shapes that do not fit each other, see ``PoolingGeometry``.
  public init(
    input: Shape, window: Extent, stride: Extent? = nil, padding: Padding = .valid, dilation: Extent = 1,
    rounding: OutputRounding = .floor
  ) throws(UnfoldError) {
    self.window = PoolingWindow(
      window: window, stride: stride, padding: padding, dilation: dilation, rounding: rounding)
    let geometry = try self.window.geometry(input, batch: 1)
    inputShape = input
    outputShape = Shape(Array(geometry.outputShape.extents.dropFirst()))
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
      try State(try window.geometry(inputShape, batch: batch))
    }
    let pooling = state.pooling
    try pooling.geometry.maximum(input, into: &pooling.output, saved: &state.positions, context: context)
    if mode == .training { saved = state }
    return pooling.output
  }

  /// See ``Layer/backward(_:needsInputGradient:context:)``.
  public func backward(
    _ outputGradient: Tensor<Scalar>, needsInputGradient: Bool = true, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar>? {
    guard let state = saved.take() else { throw .noForwardPass }
    guard needsInputGradient else { return nil }
    let geometry = state.pooling.geometry
    var inputGradient = try state.pooling.inputGradient.takeBuffer(geometry.inputShape)
    try geometry.maximumInputGradient(
      outputGradient, saved: state.positions, into: &inputGradient, context: context)
    state.pooling.inputGradient = inputGradient
    return inputGradient
  }
}
