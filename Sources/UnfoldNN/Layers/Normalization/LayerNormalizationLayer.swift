import Unfold

/// Layer normalisation over the last axes; see `LayerNormalization`.
public struct LayerNormalizationLayer: Layer {
  public var axes: Int
  public var epsilon: Double

  public var kind: String { "ln" }
  public var label: String { "layer norm" }

  /// A layer.
  public init(axes: Int = 1, epsilon: Double = 1e-5) {
    self.axes = axes
    self.epsilon = epsilon
  }

  private func normalization(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> LayerNormalization {
    let input = try inputs.single(of: self)
    guard 1...max(1, input.rank) ~= axes else {
      throw .invalidArgument(
        "axes of layer normalization", expected: "1 to the \(input.rank) of \(input)", found: "\(axes)")
    }
    return try LayerNormalization(input: input.batched(batch), axes: axes, epsilon: epsilon)
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
    try LayerNormalizationKernel<Scalar>(normalization(inputs, batch: batch))
  }
}

/// Parameters: scale, shift.
final class LayerNormalizationKernel<Scalar: TensorScalar>: Kernel {
  private let normalization: LayerNormalization
  private var saved: SavedMoments<Scalar>

  init(_ normalization: LayerNormalization) throws(UnfoldError) {
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
