/// One element of an activation: branch-free, so that a loop over it vectorises.
protocol ActivationFormula<Scalar> {
  associatedtype Scalar: TensorScalar
  /// f(z).
  func value(_ z: Scalar) -> Scalar
  /// f'(z).
  func derivative(input z: Scalar) -> Scalar
}

/// An activation whose derivative can be computed from its output.
protocol OutputActivationFormula<Scalar>: ActivationFormula {
  /// f'(z), given y = f(z).
  func derivative(output y: Scalar) -> Scalar
}

/// Where a factor that grows with z meets one that has been 0 for long, both in `Float` (from 14.5 on for the normal
/// distribution, from 104 on for the sigmoid) and in `Double` (39, 746): an infinite z times 0 would be NaN, this times 0 is
/// what a large finite z gives, bit by bit.
@inline(__always) private func farthest<Scalar: TensorScalar>(_ type: Scalar.Type) -> Scalar { 1000 }

struct LeakyReluFormula<Scalar: TensorScalar>: OutputActivationFormula {
  let slope: Scalar
  /// The least z that is multiplied: the least finite one where the slope is 0, because 0 times -infinity is NaN.
  private let least: Scalar
  init(_ slope: Double) {
    self.slope = Scalar(slope)
    least = self.slope == 0 ? -.greatestFiniteMagnitude : -.infinity
  }

  @inline(__always) func value(_ z: Scalar) -> Scalar { z > 0 ? z : slope * (z < least ? least : z) }
  // The second comparison is false only for NaN, which must not come out as the slope.
  @inline(__always) func derivative(input z: Scalar) -> Scalar { z > 0 ? 1 : z <= 0 ? slope : z }
  @inline(__always) func derivative(output y: Scalar) -> Scalar { y > 0 ? 1 : y <= 0 ? slope : y }
}

/// Not a leaky relu of slope 0, because f(-infinity) is 0 and not NaN.
struct ReluFormula<Scalar: TensorScalar>: OutputActivationFormula {
  // Written so that NaN, for which the comparison is false, passes; -0 does too, as in PyTorch and in the kernels in C.
  @inline(__always) func value(_ z: Scalar) -> Scalar { z < 0 ? 0 : z }
  @inline(__always) func derivative(input z: Scalar) -> Scalar { z > 0 ? 1 : z <= 0 ? 0 : z }
  @inline(__always) func derivative(output y: Scalar) -> Scalar { derivative(input: y) }
}

struct EluFormula<Scalar: TensorScalar>: OutputActivationFormula {
  let alpha: Scalar
  init(_ alpha: Double) { self.alpha = Scalar(alpha) }

  @inline(__always) func value(_ z: Scalar) -> Scalar { z > 0 ? z : alpha * Scalar._expm1(z) }
  @inline(__always) func derivative(input z: Scalar) -> Scalar { z > 0 ? 1 : alpha * Scalar._exp(z) }
  @inline(__always) func derivative(output y: Scalar) -> Scalar { y > 0 ? 1 : y + alpha }
}

struct GeluFormula<Scalar: TensorScalar>: ActivationFormula {
  // Φ(z) = 1 - Φ(-z) is computed from its tail, which keeps its digits where 1 + erf(z / √2) is 0.
  @inline(__always) func value(_ z: Scalar) -> Scalar {
    let tail = Scalar._normalTail(abs(z)).tail
    // The comparison is false for NaN, here and below.
    let bounded = z < -farthest(Scalar.self) ? -farthest(Scalar.self) : z
    return bounded * (z > 0 ? 1 - tail : tail)
  }
  @inline(__always) func derivative(input z: Scalar) -> Scalar {
    let (tail, density) = Scalar._normalTail(abs(z))
    let magnitude = abs(z) > farthest(Scalar.self) ? farthest(Scalar.self) : abs(z)
    // Φ(-|z|) - |z| φ(z), whose terms have one size only where it changes its sign.
    let difference = tail.addingProduct(-magnitude, density)
    return z > 0 ? 1 - difference : difference
  }
}

struct SiluFormula<Scalar: TensorScalar>: ActivationFormula {
  @inline(__always) func value(_ z: Scalar) -> Scalar {
    let bounded = z < -farthest(Scalar.self) ? -farthest(Scalar.self) : z
    return bounded * SigmoidFormula().value(z)
  }
  @inline(__always) func derivative(input z: Scalar) -> Scalar {
    let (sigmoid, complement) = SigmoidFormula.valueAndComplement(z)
    let lower = z < -farthest(Scalar.self) ? -farthest(Scalar.self) : z
    let bounded = lower > farthest(Scalar.self) ? farthest(Scalar.self) : lower
    return sigmoid * (1 + bounded * complement)
  }
}

struct SigmoidFormula<Scalar: TensorScalar>: OutputActivationFormula {
  /// σ(z) and 1 - σ(z) = σ(-z), both to full relative precision: the exponential is of -|z| and never overflows, and
  /// no difference of nearly equal numbers is taken.
  @inline(__always)
  static func valueAndComplement(_ z: Scalar) -> (Scalar, Scalar) {
    let exponential = Scalar._exp(-abs(z))
    let larger = 1 / (1 + exponential)
    let smaller = exponential * larger
    return z < 0 ? (smaller, larger) : (larger, smaller)
  }

  @inline(__always) func value(_ z: Scalar) -> Scalar { Self.valueAndComplement(z).0 }
  @inline(__always) func derivative(input z: Scalar) -> Scalar {
    let (sigmoid, complement) = Self.valueAndComplement(z)
    return sigmoid * complement
  }
  @inline(__always) func derivative(output y: Scalar) -> Scalar { y * (1 - y) }
}

struct TanhFormula<Scalar: TensorScalar>: OutputActivationFormula {
  @inline(__always) func value(_ z: Scalar) -> Scalar { Scalar._tanh(z) }
  // 1 - tanh² z = 4 σ(2z) σ(-2z), a product of two numbers that lose no digits where tanh z is near 1.
  @inline(__always) func derivative(input z: Scalar) -> Scalar {
    let (sigmoid, complement) = SigmoidFormula.valueAndComplement(2 * z)
    return 4 * sigmoid * complement
  }
  @inline(__always) func derivative(output y: Scalar) -> Scalar { (1 - y) * (1 + y) }
}

struct SoftplusFormula<Scalar: TensorScalar>: OutputActivationFormula {
  // log(1 + e^z) = max(z, 0) + log(1 + e^-|z|), where nothing overflows.
  @inline(__always) func value(_ z: Scalar) -> Scalar {
    (z > 0 ? z : 0) + Scalar._log1p(Scalar._exp(-abs(z)))
  }
  @inline(__always) func derivative(input z: Scalar) -> Scalar { SigmoidFormula().value(z) }
  // y = log(1 + e^z), so that 1 - e^-y = e^z / (1 + e^z).
  @inline(__always) func derivative(output y: Scalar) -> Scalar { -Scalar._expm1(-y) }
}
