import Unfold

/// Instance normalisation with running averages; see `InstanceNormalization`.
public struct InstanceNormalizationLayer: SavedLayer {
  /// What is added to the variance, and the share of a batch in the running averages.
  public var epsilon, momentum: Double

  public static var savedName: String { "instance-normalization" }
  public var kind: String { "in" }
  public var label: String { "instance norm" }

  /// A layer.
  public init(epsilon: Double = 1e-5, momentum: Double = 0.1) {
    (self.epsilon, self.momentum) = (epsilon, momentum)
  }

  private func normalization(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> InstanceNormalization {
    try InstanceNormalization(input: inputs.single(of: self).batched(batch), epsilon: epsilon, momentum: momentum)
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try normalization(inputs, batch: 1).inputShape.sample
  }

  public func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
    let shape = try normalization(inputs, batch: 1).parameterShape
    return .scaleAndShift(shape) + .runningMoments(shape)
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    try InstanceNormalizationKernel<Scalar>(normalization(inputs, batch: batch))
  }
}

/// Parameters: scale, shift, running mean, running variance.
final class InstanceNormalizationKernel<Scalar: TensorScalar>: Kernel {
  private let normalization: InstanceNormalization
  private var saved: SavedMoments<Scalar>
  /// Holds the running averages while they are read or updated.
  private var running: RunningMoments<Scalar>

  init(_ normalization: InstanceNormalization) throws(UnfoldError) {
    self.normalization = normalization
    saved = try SavedMoments(uninitialized: normalization.savedShape)
    running = try RunningMoments(channels: 0)
  }

  var needs: BackwardNeeds { .inputs }
  var differentiatesInPlace: Bool { true }
  var keptBytes: Int { saved.bytes }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    let parameters = pass.parameters
    running.swap(with: parameters)
    defer { running.swap(with: parameters) }
    switch pass.mode {
    case .training:
      try normalization.trainingForward(
        pass.input(), scale: parameters[0].value, shift: parameters[1].value, updating: &running, into: &pass.output,
        saved: &saved, context: pass.context)
    case .inference:
      try normalization.inferenceForward(
        pass.input(), scale: parameters[0].value, shift: parameters[1].value, running: running, into: &pass.output,
        context: pass.context)
    }
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    // Where the running averages are frozen, the forward pass was one of inference.
    guard pass.mode == .training else {
      let parameters = pass.parameters
      let gradients = try normalization.frozenGradients(
        pass.outputGradient, input: pass.input(), scale: parameters[0].value, shift: parameters[1].value,
        running: RunningMoments(mean: parameters[2].value, variance: parameters[3].value), context: pass.context)
      try pass.outputGradient.copyElements(of: gradients.input, context: pass.context)
      (parameters[0].gradient, parameters[1].gradient) = (gradients.scale, gradients.shift)
      return
    }
    try normalization.applyGradients(
      to: &pass.outputGradient, input: pass.input(), scale: pass.parameters[0].value, saved: saved,
      scaleGradient: &pass.parameters[0].gradient, shiftGradient: &pass.parameters[1].gradient, context: pass.context)
  }
}
