import Unfold

/// An activation by itself, for places where it does not follow a convolution or a dense layer, which apply theirs while
/// the data is in cache.
public final class ActivationLayer<Scalar: TensorScalar>: Layer {
  /// f.
  public let activation: Activation
  /// The shape of a sample.
  public let inputShape: Shape
  private typealias State = AffineState<Shape, Scalar>
  private var batches = RecentBatches<State>()
  private var saved: (input: Tensor<Scalar>?, state: State)?

  /// A layer for samples of a shape.
  ///
  /// - Throws: ``UnfoldError`` for a shape without elements or a parameter of the activation that is no number.
  public init(_ activation: Activation, input: Shape) throws(UnfoldError) {
    try activation.validate()
    guard try input.elementCount() >= 1 else {
      throw .invalidArgument("input of an activation", expected: "extents of 1 or more", found: "\(input)")
    }
    self.activation = activation
    inputShape = input
  }

  /// The shape of a sample.
  public var outputShape: Shape { inputShape }
  /// None.
  public var parameters: [Parameter<Scalar>] { [] }

  /// See ``Layer/forward(_:mode:context:)``.
  public func forward(
    _ input: Tensor<Scalar>, mode: ForwardMode = .inference, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    saved = nil
    let batch = try batchSize(of: input)
    let state = try batches.state(for: batch) { () throws(UnfoldError) in
      try State(input.shape, output: input.shape)
    }
    try activation.forward(input, into: &state.output, context: context)
    if mode == .training { saved = (activation.gradientFollowsFromOutput ? nil : input, state) }
    return state.output
  }

  /// See ``Layer/backward(_:needsInputGradient:context:)``.
  public func backward(
    _ outputGradient: Tensor<Scalar>, needsInputGradient: Bool = true, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar>? {
    guard let (input, state) = saved.take() else { throw .noForwardPass }
    guard needsInputGradient else { return nil }
    if let input {
      // The output is free, and the input belongs to another layer.
      try activation.inputGradient(outputGradient, input: input, into: &state.output, context: context)
      return state.output
    }
    return try state.affineGradient(outputGradient, activation, context)
  }
}
