import Unfold

/// A map `[H, W, C]` times a learned factor for each channel, the same for all images; see `ChannelScaling`.
///
/// ```
/// y[h, w, c] = x[h, w, c] factor[c]
/// ```
///
/// At the end of a residual branch, it begins with small factors, so that a deep network begins as its shortcuts.
///
/// Source: Touvron et al., "Going deeper with image transformers" (2021), equation 4.
public struct LayerScaleLayer: SavedLayer {
  /// The first value of every factor.
  public var start: Double

  public static var savedName: String { "layer-scale" }
  public var kind: String { "scale" }
  public var label: String { "layer scale" }

  public var epilogue: Epilogue? { .factors }

  /// A layer.
  public init(start: Double) { self.start = start }

  private func scaling(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> ChannelScaling {
    try ChannelScaling(input: inputs.map(of: self).batched(batch), sharesGate: true)
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    guard start.isFinite else {
      throw .invalidArgument("first factor of \(label)", expected: "a finite number", found: start.messageText)
    }
    return try scaling(inputs, batch: 1).inputShape.sample
  }

  public func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
    let shape = try scaling(inputs, batch: 1).gateShape
    return [ParameterDescription("layer_scale", role: .factor, shape: shape, start: .constant(start))]
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { LayerScaleKernel<Scalar>(try scaling(inputs, batch: batch)) }
}

/// Parameter: the factors.
final class LayerScaleKernel<Scalar: TensorScalar>: Kernel {
  private let scaling: ChannelScaling

  init(_ scaling: ChannelScaling) { self.scaling = scaling }

  var needs: BackwardNeeds { .inputs }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try scaling.forward(pass.input(), gate: pass.parameters[0].value, into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    let factors = pass.parameters[0]
    if pass.needsGradient() {
      try scaling.gradients(
        pass.outputGradient, input: pass.input(), gate: factors.value, into: &pass[inputGradient: 0],
        gateGradient: &factors.gradient, context: pass.context)
    } else {
      try scaling.gateGradient(
        pass.outputGradient, input: pass.input(), into: &factors.gradient, context: pass.context)
    }
  }
}
