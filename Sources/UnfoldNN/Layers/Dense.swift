import Unfold

/// An affine map of a vector with bias and activation, `f(x W + b)`.
///
/// Parameters: `weight`, `[D, K]`, and `bias`, `[K]`.
public final class Dense<Scalar: TensorScalar>: Layer {
  /// The shapes, for a batch of one.
  public let geometry: DenseGeometry
  /// f.
  public let activation: Activation
  /// The weights.
  public let weights: Parameter<Scalar>
  /// The bias, nil for a layer without.
  public let bias: Parameter<Scalar>?

  private typealias State = AffineState<DenseGeometry, Scalar>
  private var batches = RecentBatches<State>()
  private var saved: (input: Tensor<Scalar>, state: State)?

  /// A layer with freshly drawn weights and a bias of zeros.
  ///
  /// - Parameters:
  ///   - input: `[D]`; put a ``Flatten`` before the layer where the input is a map.
  ///   - outputs: K.
  ///   - activation: f.
  ///   - hasBias: Whether there is a bias.
  ///   - initializer: How the weights begin.
  ///   - generator: Where the random numbers come from.
  /// - Throws: ``UnfoldError`` for extents below 1, and for an input that is not a vector.
  public init(
    input: Shape, outputs: Int, activation: Activation = .identity, hasBias: Bool = true,
    initializer: Initializer = .heNormal, using generator: inout SeededGenerator
  ) throws(UnfoldError) {
    guard input.rank == 1 else {
      throw .invalidArgument("input of a dense layer", expected: "[D], flattened", found: "\(input)")
    }
    try activation.validate()
    geometry = try DenseGeometry(batch: 1, inputs: input[0], outputs: outputs)
    self.activation = activation
    weights = try Parameter(
      "weight", role: .weights(), value: try initializer.makeWeights(geometry.weightsShape, using: &generator))
    bias = hasBias ? try Parameter("bias", role: .bias, value: Tensor(zeros: geometry.biasShape)) : nil
  }

  /// `[D]`.
  public var inputShape: Shape { [geometry.inputShape[1]] }
  /// `[K]`.
  public var outputShape: Shape { [geometry.outputShape[1]] }
  /// Weights and bias.
  public var parameters: [Parameter<Scalar>] { [weights] + (bias.map { [$0] } ?? []) }

  /// See ``Layer/forward(_:mode:context:)``.
  public func forward(
    _ input: Tensor<Scalar>, mode: ForwardMode = .inference, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    saved = nil
    let batch = try batchSize(of: input)
    let state = try batches.state(for: batch) { () throws(UnfoldError) in
      let geometry = try DenseGeometry(batch: batch, inputs: inputShape[0], outputs: outputShape[0])
      return try State(geometry, output: geometry.outputShape)
    }
    let geometry = state.geometry
    if mode == .training, !activation.gradientFollowsFromOutput {
      var affine = try state.affine.takeBuffer(geometry.outputShape)
      try geometry.forward(input, weights: weights.value, bias: bias?.value, into: &affine, context: context)
      try activation.forward(affine, into: &state.output, context: context)
      state.affine = affine
    } else {
      try geometry.forward(
        input, weights: weights.value, bias: bias?.value, activation: activation, into: &state.output,
        context: context)
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
    try geometry.weightsGradient(input, outputGradient: affineGradient, into: &weights.gradient, context: context)
    if let bias { try geometry.biasGradient(affineGradient, into: &bias.gradient, context: context) }
    guard needsInputGradient else { return nil }
    var inputGradient = try state.inputGradient.takeBuffer(geometry.inputShape)
    try geometry.inputGradient(affineGradient, weights: weights.value, into: &inputGradient, context: context)
    state.inputGradient = inputGradient
    return inputGradient
  }
}
