import Unfold

/// A dense layer with bias and activation; see `DenseGeometry`.
public struct DenseLayer: ActivatedLayer, SavedLayer {
  public var outputs: Int
  public var hasBias: Bool
  public var initializer: Initializer
  /// Applied to the output in the same pass.
  public var activation: Activation = .identity

  public static var savedName: String { "dense" }
  public var kind: String { "fc" }
  public var label: String { "dense" }

  /// A layer.
  public init(outputs: Int, hasBias: Bool = true, initializer: Initializer = .heNormal) {
    self.outputs = outputs
    self.hasBias = hasBias
    self.initializer = initializer
  }

  func geometry(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> DenseGeometry {
    let input = try inputs.single(of: self)
    guard input.rank == 1 else {
      throw .invalidArgument("input of a dense layer", expected: "[D], flattened", found: "\(input)")
    }
    return try DenseGeometry(batch: batch, inputs: input[0], outputs: outputs)
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try activation.validate()
    return try geometry(inputs, batch: 1).outputShape.sample
  }

  public func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
    let geometry = try geometry(inputs, batch: 1)
    return .filter(
      geometry.weightsShape, role: .weights(),
      start: .drawn(initializer, fanIn: geometry.weightsShape[0], fanOut: outputs),
      bias: hasBias ? geometry.biasShape : nil)
  }

  public func operationCount(_ inputs: [Shape]) -> Double { (try? geometry(inputs, batch: 1).operations) ?? 0 }

  public var forInference: any Layer { InferenceDense(dense: self) }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    FilterKernel<Scalar>(.dense(try geometry(inputs, batch: batch)), activation)
  }
}
