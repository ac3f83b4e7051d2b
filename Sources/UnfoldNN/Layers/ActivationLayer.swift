import Unfold

/// An activation, element by element. Most become part of the layer before them.
public struct ActivationLayer: SavedLayer {
  /// f.
  public let activation: Activation

  public static var savedName: String { "activation" }
  public var kind: String { "act" }
  public var label: String {
    switch activation {
    case .identity: "identity"
    case .relu: "relu"
    case .leakyRelu(let slope): "leaky relu \(slope)"
    case .elu(let alpha): "elu \(alpha)"
    case .gelu: "gelu"
    case .silu: "silu"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    case .softplus: "softplus"
    case .relu6: "relu6"
    case .hardSigmoid: "hard sigmoid"
    case .hardSwish: "hard swish"
    }
  }
  public var keepsOrder: Bool { true }
  public var epilogue: Epilogue? { .activation(activation) }

  /// A layer.
  public init(_ activation: Activation) { self.activation = activation }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try activation.validate()
    return try inputs.single(of: self)
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { ActivationKernel<Scalar>(activation) }
}

final class ActivationKernel<Scalar: TensorScalar>: Kernel {
  private let activation: Activation

  init(_ activation: Activation) { self.activation = activation }

  var needs: BackwardNeeds { activation.gradientFollowsFromOutput ? .output : .inputs }
  var worksInPlace: Bool { activation.gradientFollowsFromOutput }
  var differentiatesInPlace: Bool { true }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try activation.forward(pass.input(), into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    guard pass.needsGradient() else { return }
    try activation.applyGradient(to: &pass.outputGradient, pass, context: pass.context)
  }
}

extension Activation {
  /// Turns the gradient with respect to f(z) into that with respect to z, in place.
  func applyGradient<Scalar>(
    to gradient: inout Tensor<Scalar>, _ pass: NodePass<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    if self == .identity { return }
    if gradientFollowsFromOutput {
      try applyGradient(to: &gradient, output: pass.output, context: context)
    } else {
      try applyGradient(to: &gradient, input: pass.input(), context: context)
    }
  }
}
