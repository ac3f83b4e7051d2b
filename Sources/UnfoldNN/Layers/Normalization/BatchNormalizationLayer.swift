import Unfold

/// Batch normalisation, with the activation that follows it; see `BatchNormalization`.
///
/// For inference it is folded into a convolution before it.
public struct BatchNormalizationLayer: ActivatedLayer, SavedLayer {
  /// What is added to the variance, and the share of a batch in the running averages.
  public var epsilon, momentum: Double
  /// Whether training, too, normalises by the running averages and leaves them as they are; scale and shift are trained
  /// then as always. As PyTorch's module in evaluation mode within a network that is trained.
  public var isFrozen: Bool
  /// Applied to the output in the same pass.
  public var activation: Activation = .identity

  public static var savedName: String { "batch-normalization" }
  public var kind: String { "bn" }
  public var label: String { isFrozen ? "batch norm, frozen" : "batch norm" }

  /// A layer.
  public init(epsilon: Double = 1e-5, momentum: Double = 0.1, isFrozen: Bool = false) {
    (self.epsilon, self.momentum) = (epsilon, momentum)
    self.isFrozen = isFrozen
  }

  func normalization(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> BatchNormalization {
    try BatchNormalization(
      input: inputs.single(of: self).batched(batch), epsilon: epsilon, momentum: momentum, activation: activation)
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try normalization(inputs, batch: 1).inputShape.sample
  }

  public func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
    let shape = try normalization(inputs, batch: 1).parameterShape
    return .scaleAndShift(shape) + .runningMoments(shape)
  }

  public var epilogue: Epilogue? { .batchNormalization(self) }

  public var computesActivationAgain: Bool { true }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    try BatchNormalizationKernel<Scalar>(normalization(inputs, batch: batch), isFrozen: isFrozen)
  }
}

/// Parameters: scale, shift, running mean, running variance.
final class BatchNormalizationKernel<Scalar: TensorScalar>: Kernel {
  private let normalization: BatchNormalization
  private let isFrozen: Bool
  private var saved: SavedMoments<Scalar>
  /// Holds the running averages while they are read or updated.
  private var running: RunningMoments<Scalar>

  init(_ normalization: BatchNormalization, isFrozen: Bool) throws(UnfoldError) {
    self.normalization = normalization
    self.isFrozen = isFrozen
    saved = try SavedMoments(uninitialized: isFrozen ? [0] : normalization.parameterShape)
    running = try RunningMoments(channels: 0)
  }

  // The output is not read: what the activation read is computed again from the input.
  var needs: BackwardNeeds { .inputs }
  var differentiatesInPlace: Bool { true }
  var addsInputGradient: Bool { true }
  var keptBytes: Int { saved.bytes }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    let parameters = pass.parameters
    running.swap(with: parameters)
    defer { running.swap(with: parameters) }
    if pass.mode == .training && !isFrozen {
      try normalization.trainingForward(
        pass.input(), scale: parameters[0].value, shift: parameters[1].value, updating: &running, into: &pass.output,
        saved: &saved, context: pass.context)
    } else {
      try normalization.inferenceForward(
        pass.input(), scale: parameters[0].value, shift: parameters[1].value, running: running, into: &pass.output,
        context: pass.context)
    }
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    let parameters = pass.parameters
    // Frozen by the layer, or by its parameters: then the forward pass was one of inference.
    let moments: NormalizingMoments<Scalar> =
      isFrozen || pass.mode != .training
      ? .running(RunningMoments(mean: parameters[2].value, variance: parameters[3].value)) : .saved(saved)
    if pass.addsInputGradient {
      let gradient = pass.outputGradient
      try normalization.gradients(
        gradient, input: pass.input(), scale: parameters[0].value, shift: parameters[1].value, moments: moments,
        adding: true, into: &pass[inputGradient: 0], scaleGradient: &parameters[0].gradient,
        shiftGradient: &parameters[1].gradient, context: pass.context)
      return
    }
    // The gradients of scale and shift are computed together with the input's, which is written over the output's.
    try normalization.applyGradients(
      to: &pass.outputGradient, input: pass.input(), scale: parameters[0].value, shift: parameters[1].value,
      moments: moments, scaleGradient: &parameters[0].gradient, shiftGradient: &parameters[1].gradient,
      context: pass.context)
  }
}
