import Unfold

/// A map `[H, W, C]` times one number a channel, `[C]`; see `ChannelScaling`.
public struct ChannelScalingLayer: SavedLayer {
  public static var savedName: String { "channel-scaling" }
  public var kind: String { "scale" }

  /// A layer.
  public init() {}

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    guard inputs.count == 2, inputs[0].rank == 3, inputs[1].rank == 1, inputs[0][2] == inputs[1][0] else {
      throw .invalidArgument(
        "inputs of \(kind)", expected: "[H, W, C] and [C]",
        found: inputs.map(\.description).joined(separator: " and "))
    }
    return inputs[0]
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    _ = try outputShape(inputs)
    return ChannelScalingKernel<Scalar>(try ChannelScaling(input: inputs[0].batched(batch)))
  }
}

final class ChannelScalingKernel<Scalar: TensorScalar>: Kernel {
  private let scaling: ChannelScaling

  init(_ scaling: ChannelScaling) { self.scaling = scaling }

  var needs: BackwardNeeds { .inputs }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try scaling.forward(pass.input(0), gate: pass.input(1), into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    if pass.needsGradient(0), pass.needsGradient(1) {
      return try scaling.gradients(
        pass.outputGradient, input: pass.input(0), gate: pass.input(1), into: &pass[inputGradient: 0],
        gateGradient: &pass[inputGradient: 1], context: pass.context)
    }
    if pass.needsGradient(1) {
      try scaling.gateGradient(
        pass.outputGradient, input: pass.input(0), into: &pass[inputGradient: 1], context: pass.context)
    }
    if pass.needsGradient(0) {
      try scaling.inputGradient(
        pass.outputGradient, gate: pass.input(1), into: &pass[inputGradient: 0], context: pass.context)
    }
  }
}
