import Unfold

/// Dropout; see `Dropout`. The identity in inference.
public struct DropoutLayer: SavedLayer {
  /// The probability of zero.
  public var probability: Double
  /// The seed of the mask, which also depends on the network and the number of the step.
  public var seed: UInt64

  public static var savedName: String { "dropout" }
  public var kind: String { "dropout" }
  public var label: String { "dropout \(probability)" }
  public var keepsOrder: Bool { true }

  /// A layer.
  public init(_ probability: Double, seed: UInt64) {
    self.probability = probability
    self.seed = seed
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    _ = try Dropout(probability: probability, seed: seed)
    return try inputs.single(of: self)
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { DropoutKernel<Scalar>(self) }
}

/// Keeps nothing: the mask is computed again.
final class DropoutKernel<Scalar: TensorScalar>: Kernel {
  private let layer: DropoutLayer

  init(_ layer: DropoutLayer) { self.layer = layer }

  var needs: BackwardNeeds { [] }
  var worksInPlace: Bool { true }
  var differentiatesInPlace: Bool { true }

  private func dropout(_ pass: NodePass<Scalar>) throws(UnfoldError) -> Dropout {
    try Dropout(probability: layer.probability, seed: layer.seed ^ pass.seed)
  }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    switch pass.mode {
    case .training:
      try dropout(pass).forward(pass.input(), step: pass.step, into: &pass.output, context: pass.context)
    case .inference: try pass.output.copyElements(of: pass.input(), context: pass.context)
    }
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try dropout(pass).apply(to: &pass.outputGradient, step: pass.step, context: pass.context)
  }
}
