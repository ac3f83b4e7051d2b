import Unfold

/// Group normalisation; see `GroupNormalization`.
public struct GroupNormalizationLayer: Layer {
  public var groups: Int
  public var epsilon: Double

  public var kind: String { "gn" }
  public var label: String { "group norm, \(groups)" }

  /// A layer.
  public init(groups: Int, epsilon: Double = 1e-5) {
    self.groups = groups
    self.epsilon = epsilon
  }

  private func normalization(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> GroupNormalization {
    try GroupNormalization(input: inputs.single(of: self).batched(batch), groups: groups, epsilon: epsilon)
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try normalization(inputs, batch: 1).inputShape.sample
  }

  public func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
    let shape = try normalization(inputs, batch: 1).parameterShape
    return [
      ParameterDescription("weight", role: .scale, shape: shape, start: .constant(1)),
      ParameterDescription("bias", role: .scale, shape: shape, start: .constant(0)),
    ]
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    try GroupNormalizationKernel<Scalar>(normalization(inputs, batch: batch))
  }
}

/// Parameters: scale, shift.
final class GroupNormalizationKernel<Scalar: TensorScalar>: Kernel {
  private let normalization: GroupNormalization
  private var saved: SavedMoments<Scalar>

  init(_ normalization: GroupNormalization) throws(UnfoldError) {
    self.normalization = normalization
    saved = try SavedMoments(uninitialized: normalization.savedShape)
  }

  var needs: BackwardNeeds { .inputs }
  var differentiatesInPlace: Bool { true }
  var keptBytes: Int { saved.bytes }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try normalization.forward(
      pass.input(), scale: pass.parameters[0].value, shift: pass.parameters[1].value, into: &pass.output, saved: &saved,
      context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try normalization.applyGradients(
      to: &pass.outputGradient, input: pass.input(), scale: pass.parameters[0].value, saved: saved,
      scaleGradient: &pass.parameters[0].gradient, shiftGradient: &pass.parameters[1].gradient, context: pass.context)
  }
}
