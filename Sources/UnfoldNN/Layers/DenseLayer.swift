import Unfold

/// A dense layer with bias and activation; see `DenseGeometry`.
public struct DenseLayer: ActivatedLayer {
  public var outputs: Int
  public var hasBias: Bool
  public var initializer: Initializer
  /// Applied to the output in the same pass.
  public var activation: Activation = .identity

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
    let weights = ParameterDescription(
      "weight", role: .weights(), shape: geometry.weightsShape,
      start: .drawn(initializer, fanIn: geometry.weightsShape[0], fanOut: outputs))
    return hasBias
      ? [weights, ParameterDescription("bias", role: .bias, shape: geometry.biasShape, start: .constant(0))] : [weights]
  }

  public func operationCount(_ inputs: [Shape]) -> Double { (try? geometry(inputs, batch: 1).operations) ?? 0 }

  public var forInference: any Layer { InferenceDense(dense: self) }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    DenseKernel<Scalar>(try geometry(inputs, batch: batch), activation)
  }
}

/// Parameters: weights, bias if there is one.
final class DenseKernel<Scalar: TensorScalar>: Kernel {
  private let geometry: DenseGeometry
  private let activation: Activation

  init(_ geometry: DenseGeometry, _ activation: Activation) {
    self.geometry = geometry
    self.activation = activation
  }

  var needs: BackwardNeeds { activation == .identity ? .inputs : [.inputs, .output] }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try geometry.forward(
      pass.input(), weights: pass.parameters[0].value, bias: pass.parameters.count > 1 ? pass.parameters[1].value : nil,
      activation: activation, into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try activation.applyGradient(to: &pass.outputGradient, pass, context: pass.context)
    let gradient = pass.outputGradient
    try geometry.weightsGradient(
      pass.input(), outputGradient: gradient, into: &pass.parameters[0].gradient, context: pass.context)
    if pass.parameters.count > 1 {
      try geometry.biasGradient(gradient, into: &pass.parameters[1].gradient, context: pass.context)
    }
    if pass.needsGradient() {
      try geometry.inputGradient(
        gradient, weights: pass.parameters[0].value, into: &pass[inputGradient: 0], context: pass.context)
    }
  }
}
