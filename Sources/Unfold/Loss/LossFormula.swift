/// One element of a divergence: branch-free, so that a loop over it vectorises.
protocol LossFormula<Scalar> {
  associatedtype Scalar: TensorScalar
  /// What the element adds to the divergence.
  func term(_ prediction: Scalar, _ target: Scalar) -> Scalar
  /// The derivative of the term with respect to the prediction.
  func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar
}

struct SquaredErrorFormula<Scalar: TensorScalar>: LossFormula {
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    (prediction - target) * (prediction - target)
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar { 2 * (prediction - target) }
}

struct DivergenceFormula<Scalar: TensorScalar>: LossFormula {
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    // Where the target is 0 any finite logarithm gives 0, but a NaN prediction must still give NaN.
    let logarithm = Scalar._log(target)
    return target * ((target == 0 ? 0 : logarithm) - prediction)
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar { -target }
}

struct BinaryCrossEntropyFormula<Scalar: TensorScalar>: LossFormula {
  // -d log σ(z) - (1 - d) log(1 - σ(z)) = log(1 + e^z) - d z.
  @inline(__always) func term(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    // max(z, 0) - d z first: for d = 0 or 1 that is exact, and for large |z| all that remains.
    let linear = (prediction > 0 ? prediction : 0) - target * prediction
    return linear + Scalar._log1p(Scalar._exp(-abs(prediction)))
  }
  @inline(__always) func derivative(_ prediction: Scalar, _ target: Scalar) -> Scalar {
    SigmoidFormula().value(prediction) - target
  }
}
