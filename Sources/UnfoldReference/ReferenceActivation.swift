import Glibc
import Unfold

extension Activation {
  /// The same function in the plainest form: see `ReferenceActivation`.
  public var reference: ReferenceActivation { ReferenceActivation(activation: self) }
}

/// The lecture's activation, `Y(l, j, x, y) = activation(z(l, j, x, y))` ("Pseudocode: Vector notation"), and its
/// derivative f' ("Backpropagating through the activation"), each one formula of one number in double precision.
public struct ReferenceActivation: Sendable {
  let activation: Activation

  /// y = f(z).
  public func forward<Scalar: TensorScalar>(_ input: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    try expectElements(input, "activation input")
    let z = input.elements
    return try Tensor<Scalar>(shape: input.shape) { i in Scalar(value(Double(z[i]))) }
  }

  /// dDiv/dz = dDiv/dy f'(z).
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, input.shape, "activation output gradient")
    let (dy, z) = (outputGradient.elements, input.elements)
    return try Tensor<Scalar>(shape: input.shape) { i in Scalar(Double(dy[i]) * derivative(Double(z[i]))) }
  }

  /// dDiv/dz = dDiv/dy f'(z), where z is found from y by the inverse function.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, output: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, output.shape, "activation output gradient")
    let (dy, y) = (outputGradient.elements, output.elements)
    return try Tensor<Scalar>(shape: output.shape) { i in
      Scalar(Double(dy[i]) * derivative(inverse(Double(y[i]))))
    }
  }

  func value(_ z: Double) -> Double {
    // The limit, where the formulas below are an infinite number times 0.
    if z == -.infinity, [.gelu, .silu, .hardSwish, .leakyRelu(slope: 0)].contains(activation) { return -0.0 }
    switch activation {
    case .identity: return z
    case .relu: return z < 0 ? 0 : z
    case .leakyRelu(let slope): return z > 0 ? z : slope * z
    case .elu(let alpha): return z > 0 ? z : alpha * expm1(z)
    case .gelu: return z * (erfc(-z / 2.0.squareRoot()) / 2)
    case .silu: return z / (1 + exp(-z))
    case .sigmoid: return 1 / (1 + exp(-z))
    case .tanh: return Glibc.tanh(z)
    case .softplus: return max(z, 0) + log1p(exp(-abs(z)))
    case .relu6: return z < 0 ? 0 : z > 6 ? 6 : z
    case .hardSigmoid: return z < -3 ? 0 : z > 3 ? 1 : (z + 3) / 6
    case .hardSwish: return z < -3 ? -0.0 : z > 3 ? z : z * (z + 3) / 6
    }
  }

  func derivative(_ z: Double) -> Double {
    if z.isNaN { return z }
    // The limits, as in `value`.
    if z.isInfinite, [.gelu, .silu].contains(activation) { return z > 0 ? 1 : 0 }
    switch activation {
    case .identity: return 1
    case .relu: return z > 0 ? 1 : 0
    case .leakyRelu(let slope): return z > 0 ? 1 : slope
    case .elu(let alpha): return z > 0 ? 1 : alpha * exp(z)
    case .gelu: return erfc(-z / 2.0.squareRoot()) / 2 + z * exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    case .silu:
      let sigmoid = 1 / (1 + exp(-z))
      return sigmoid + z * sigmoid / (1 + exp(z))
    case .sigmoid: return 1 / (1 + exp(-z)) / (1 + exp(z))
    case .tanh: return 1 / (cosh(z) * cosh(z))
    case .softplus: return 1 / (1 + exp(-z))
    case .relu6: return z > 0 && z < 6 ? 1 : 0
    case .hardSigmoid: return z > -3 && z < 3 ? 1.0 / 6 : 0
    case .hardSwish: return z <= -3 ? 0 : z >= 3 ? 1 : (2 * z + 3) / 6
    }
  }

  /// A z with f(z) = y, for the functions that have one.
  func inverse(_ y: Double) -> Double {
    switch activation {
    case .identity, .relu, .relu6: return y
    case .leakyRelu(let slope): return y > 0 ? y : slope == 0 ? y : y / slope
    case .elu(let alpha): return y > 0 ? y : alpha == 0 ? y : log1p(y / alpha)
    case .sigmoid: return log(y / (1 - y))
    case .tanh: return atanh(y)
    case .softplus: return y > 30 ? y : log(expm1(y))
    case .hardSigmoid: return 6 * y - 3
    case .gelu, .silu, .hardSwish: return .nan
    }
  }
}
