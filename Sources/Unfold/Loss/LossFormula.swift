/// One element of a divergence: branch-free, so that a loop over it vectorises.
protocol LossFormula<Scalar> {
  associatedtype Scalar: TensorScalar
  /// What the element adds to the divergence.
  func term(_ prediction: Scalar, _ target: Scalar) -> Scalar
  /// The derivative of the term with respect to the prediction.
  func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar
  /// The term where what speaks for the element counts `positive` times, if the loss knows that.
  func term(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar
  /// The derivative of that.
  func derivative(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar
}

extension LossFormula {
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar {
    term(prediction, target)
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar {
    derivative(prediction, target)
  }
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
    // Halves first: a beta that is tiny must not make the square of a tiny distance 0. NaN takes the second way.
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
    // Where the target is 0 any logarithm gives 0, that of the probability 0 too, but a NaN prediction must still give
    // NaN.
    let score = prediction == -.infinity ? (target == 0 ? 0 : prediction) : prediction
    return target * ((target == 0 ? 0 : logarithm) - score)
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar { -target }
}

struct BinaryCrossEntropyFormula<Scalar: TensorScalar>: LossFormula {
  // -d log σ(z) - (1 - d) log(1 - σ(z)), where -log σ(z) = max(-z, 0) + log(1 + e^-|z|) and -log(1 - σ(z)) the same of -z.
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    Self.linear(prediction, against: prediction > 0 ? 1 - target : target)
      + Scalar._log1p(Scalar._exp(-abs(prediction)))
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    SigmoidFormula().value(prediction) - target
  }
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar {
    let (with, against) = (positive * target, 1 - target)
    let curved = Scalar._log1p(Scalar._exp(-abs(prediction)))
    return Self.linear(prediction, against: prediction > 0 ? against : with) + (with + against) * curved
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar, positive: Scalar) -> Scalar {
    let (sigmoid, complement) = SigmoidFormula.valueAndComplement(prediction)
    return (1 - target) * sigmoid - positive * target * complement
  }

  /// |z| times what speaks against it, all that remains for large |z|: nothing where nothing does, |z| being infinite or
  /// not. A NaN stays.
  @inline(__always) private static func linear(_ z: Scalar, against weight: Scalar) -> Scalar {
    weight * (abs(z) == .infinity ? (weight == 0 ? 0 : .infinity) : abs(z))
  }
}

/// 1, 0 or -1; NaN of NaN.
@inline(__always)
private func sign<Scalar: TensorScalar>(_ x: Scalar) -> Scalar { x > 0 ? 1 : x < 0 ? -1 : x }
