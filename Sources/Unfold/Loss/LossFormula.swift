/// One element of a divergence: branch-free, so that a loop over it vectorises.
protocol LossFormula<Scalar> {
  associatedtype Scalar: TensorScalar
  /// The element's term in the divergence.
  func term(_ prediction: Scalar, _ target: Scalar) -> Scalar
  /// The derivative of the term with respect to the prediction.
  func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar
  /// The term where the positive part of the target counts `positive` times, for losses that have such a weight.
  func term(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar
  /// The derivative of that.
  func derivative(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar
  /// Whether a term that came out as NaN is 0 times infinity, and nothing.
  func isNothing(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Bool
}

extension LossFormula {
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar {
    term(prediction, target)
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar {
    derivative(prediction, target)
  }
  func isNothing(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Bool { false }
}

struct SquaredErrorFormula<Scalar: TensorScalar>: LossFormula {
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    (prediction - target) * (prediction - target)
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar { 2 * (prediction - target) }
}

struct AbsoluteErrorFormula<Scalar: TensorScalar>: LossFormula {
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar) -> Scalar { abs(prediction - target) }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    sign(prediction - target)
  }
}

struct SmoothAbsoluteErrorFormula<Scalar: TensorScalar>: LossFormula {
  let beta: Scalar
  init(_ beta: Double) { self.beta = Scalar(beta) }

  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    let distance = abs(prediction - target)
    // The half is taken first: with a tiny beta the square of a tiny distance must not become 0. NaN takes the second
    // branch.
    return distance < beta ? 0.5 * distance * (distance / beta) : distance - 0.5 * beta
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    let difference = prediction - target
    return abs(difference) < beta ? difference / beta : sign(difference)
  }
}

struct HuberFormula<Scalar: TensorScalar>: LossFormula {
  let delta: Scalar
  init(_ delta: Double) { self.delta = Scalar(delta) }

  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    let distance = abs(prediction - target)
    return distance < delta ? 0.5 * distance * distance : delta * (distance - 0.5 * delta)
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    let difference = prediction - target
    return abs(difference) < delta ? difference : delta * sign(difference)
  }
}

struct DivergenceFormula<Scalar: TensorScalar>: LossFormula {
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    let logarithm = Scalar._log(target)
    // Where the target is 0 any finite logarithm gives 0, but a NaN prediction must still give NaN.
    return target * ((target == 0 ? 0 : logarithm) - prediction)
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar { -target }
  func isNothing(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Bool {
    target == 0 && prediction == -.infinity
  }
}

struct BinaryCrossEntropyFormula<Scalar: TensorScalar>: LossFormula {
  // -d log σ(z) - (1 - d) log(1 - σ(z)), where -log σ(z) = max(-z, 0) + log(1 + e^-|z|) and -log(1 - σ(z)) the same of
  // -z. For large |z| only |z| times the target of the other sign remains.
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    let against = prediction > 0 ? 1 - target : target
    return against * abs(prediction) + Scalar._log1p(Scalar._exp(-abs(prediction)))
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    SigmoidFormula().value(prediction) - target
  }
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar {
    let (inFavour, against) = (positive * target, 1 - target)
    let curved = Scalar._log1p(Scalar._exp(-abs(prediction)))
    return (prediction > 0 ? against : inFavour) * abs(prediction) + (inFavour + against) * curved
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar {
    let (sigmoid, complement) = SigmoidFormula.valueAndComplement(prediction)
    return (1 - target) * sigmoid - positive * target * complement
  }
  func isNothing(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Bool {
    abs(prediction) == .infinity && (prediction > 0 ? 1 - target : positive * target) == 0
  }
}

/// 1, 0 or -1; NaN of NaN.
@inline(__always) private func sign<Scalar: TensorScalar>(_ x: Scalar) -> Scalar { x > 0 ? 1 : x < 0 ? -1 : x }
