/// The elementwise nonlinearities, `y = f(z)` (lecture, "Pseudocode: Vector notation" and "Backpropagating through the
/// activation").
///
/// ```swift
/// let output = try Activation.relu.forward(affine)
/// let affineGradient = try Activation.relu.inputGradient(outputGradient, input: affine)
/// ```
///
/// | case | f(z) | f'(z) |
/// |---|---|---|
/// | `identity` | z | 1 |
/// | `relu` | 0 for z < 0, else z | 1 for z > 0, else 0 |
/// | `leakyRelu` | z for z > 0, else slope z | 1 for z > 0, else slope |
/// | `elu` | z for z > 0, else alpha (e^z - 1) | 1 for z > 0, else alpha e^z |
/// | `gelu` | z Φ(z), Φ(z) = erfc(-z / √2) / 2 | Φ(z) + z e^(-z²/2) / √(2π) |
/// | `silu` | z σ(z) | σ(z) (1 + z (1 - σ(z))) |
/// | `sigmoid` | σ(z) = 1 / (1 + e^-z) | σ(z) (1 - σ(z)) |
/// | `tanh` | tanh z | 1 - tanh² z |
/// | `softplus` | log(1 + e^z) | σ(z) |
/// | `relu6` | 0 for z < 0, 6 for z > 6, else z | 1 for 0 < z < 6, else 0 |
/// | `hardSigmoid` | 0 for z < -3, 1 for z > 3, else (z + 3) / 6 | 1/6 for -3 < z < 3, else 0 |
/// | `hardSwish` | z times `hardSigmoid` of z | 0 for z <= -3, 1 for z >= 3, else (2z + 3) / 6 |
///
/// NaN propagates through every value and every gradient, also through that of `relu`, because a gradient is the
/// product `outputGradient * f'(z)` and f'(NaN) is NaN. At ±infinity every value and derivative is its limit, also where
/// the formula is an infinite number times 0, as it is in `gelu`, `silu` and `hardSwish` (and in `leakyRelu` with a slope
/// of 0), which are NaN there in PyTorch. `relu` and `relu6` of -0 are -0, as in PyTorch, whose derivatives at the corners
/// these are too.
///
/// Values and derivatives from z are within a few units of their last place, also where they are tiny; the derivatives
/// of `gelu` and `silu` except near the point where they change their sign.
public enum Activation: Hashable, Sendable, Codable {
  /// f(z) = z.
  case identity
  /// z where it is not below 0, else 0; its derivative at 0 is 0 (Nair and Hinton 2010).
  case relu
  /// z where positive, slope times z elsewhere; its derivative at 0 is the slope (Maas et al. 2013).
  case leakyRelu(slope: Double)
  /// z where positive, alpha (e^z - 1) elsewhere; its derivative at 0 is alpha (Clevert et al. 2015).
  case elu(alpha: Double)
  /// z times the normal distribution function of z, not the tanh approximation (Hendrycks and Gimpel 2016).
  case gelu
  /// z times the sigmoid of z, also called swish (Elfwing et al. 2017).
  case silu
  /// 1 / (1 + e^-z).
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
  /// log(1 + e^z), the smooth relu, without PyTorch's switch to z above 20.
  case softplus
  /// z between 0 and 6, and these outside (Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10").
  case relu6
  /// (z + 3) / 6 between 0 and 1, and these outside: a sigmoid of straight lines (Howard et al. 2019).
  case hardSigmoid
  /// z times the hard sigmoid of z (Howard et al. 2019, "Searching for MobileNetV3").
  case hardSwish

  /// Whether f'(z) can be computed from y = f(z), so that z need not be kept for the backward pass.
  ///
  /// It can where f never takes the same value with two derivatives: `gelu`, `silu` and `hardSwish` do, and so do
  /// `leakyRelu` and `elu` with a negative parameter.
  ///
  /// A y that was rounded near a limit of f holds less information than z. The derivative of `sigmoid` near 1, of
  /// `tanh` near ±1 and of `elu` near -alpha is then correct to a unit in the last place of the limit, not of itself.
  /// It is 0 where y is the limit (`sigmoid` from z = 17 on, `tanh` from 9, `elu` from -17,
  /// `hardSigmoid` for the last number below 3). PyTorch does the same for
  /// `sigmoid` and `tanh`. Where such gradients matter, use the form that takes z.
  public var gradientFollowsFromOutput: Bool {
    switch self {
    case .identity, .relu, .sigmoid, .tanh, .softplus, .relu6, .hardSigmoid: true
    case .leakyRelu(let slope): slope >= 0
    case .elu(let alpha): alpha >= 0
    case .gelu, .silu, .hardSwish: false
    }
  }

  /// Throws unless the parameter is a number that a `Float` holds. An enumeration cannot be checked where it is made,
  /// so every operation that takes one calls this first.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)``.
  public func validate() throws(UnfoldError) {
    let limit = Double(Float.greatestFiniteMagnitude)
    switch self {
    case .leakyRelu(let slope):
      try require("slope of leakyRelu", slope, in: -limit...limit, or: "a finite Float")
    case .elu(let alpha):
      try require("alpha of elu", alpha, in: -limit...limit, or: "a finite Float")
    default: break
    }
  }
}
