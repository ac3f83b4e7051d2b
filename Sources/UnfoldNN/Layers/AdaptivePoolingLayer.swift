import Unfold

/// Maximum or mean of windows that give maps of a fixed size for every input size; see `AdaptivePooling`.
public struct AdaptivePoolingLayer: SavedLayer {
  /// The value of a window: its maximum or mean.
  public enum Measure: String, Hashable, Sendable, Codable {
    case maximum
    case mean
  }

  public var measure: Measure
  /// The size of the output.
  public var output: Extent

  public static var savedName: String { "adaptive-pooling" }
  public var kind: String { "pool" }
  public var label: String { "adaptive \(measure) to \(output)" }

  /// A layer.
  public init(_ measure: Measure, output: Extent) {
    self.measure = measure
    self.output = output
  }

  private func pooling(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> AdaptivePooling {
    try AdaptivePooling(input: inputs.map(of: self).batched(batch), output: output)
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try pooling(inputs, batch: 1).outputShape.sample
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    let pooling = try pooling(inputs, batch: batch)
    switch measure {
    case .maximum: return try AdaptiveMaximumKernel<Scalar>(pooling)
    case .mean: return AdaptiveMean(pooling: pooling).kernel(of: type)
    }
  }
}

final class AdaptiveMaximumKernel<Scalar: TensorScalar>: Kernel {
  private let pooling: AdaptivePooling
  private var positions: AdaptiveMaximumPositions

  init(_ pooling: AdaptivePooling) throws(UnfoldError) {
    self.pooling = pooling
    positions = try AdaptiveMaximumPositions(for: pooling)
  }

  var needs: BackwardNeeds { [] }
  var keptBytes: Int { positions.byteCount }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try pooling.maximum(pass.input(), into: &pass.output, saved: &positions, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    guard pass.needsGradient() else { return }
    try pooling.maximumInputGradient(
      pass.outputGradient, saved: positions, into: &pass[inputGradient: 0], context: pass.context)
  }
}

/// The means, as an operator.
private struct AdaptiveMean: UnaryOperator {
  let pooling: AdaptivePooling

  var inputShape: Shape { pooling.inputShape }
  var outputShape: Shape { pooling.outputShape }

  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) { try pooling.mean(input, into: &output, context: context) }

  func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) { try pooling.meanInputGradient(outputGradient, into: &inputGradient, context: context) }
}
