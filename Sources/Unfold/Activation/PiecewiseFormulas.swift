// Activations made of straight lines and a parabola between two corners. The comparisons are written so that NaN, for which
// all of them are false, comes out of values and derivatives.

struct Relu6Formula<Scalar: TensorScalar>: OutputActivationFormula {
  // -0 stays -0, as with relu.
  @inline(__always) func value(_ z: Scalar) -> Scalar { z < 0 ? 0 : z > 6 ? 6 : z }
  @inline(__always) func derivative(input z: Scalar) -> Scalar { z > 0 ? (z < 6 ? 1 : 0) : z <= 0 ? 0 : z }
  @inline(__always) func derivative(output y: Scalar) -> Scalar { derivative(input: y) }
}

struct HardSigmoidFormula<Scalar: TensorScalar>: OutputActivationFormula {
  // z + 3 is exact where it is small. Half and sixth, z / 6 + 1 / 2, would lose the digits near -3.
  @inline(__always) func value(_ z: Scalar) -> Scalar { Relu6Formula().value(z + 3) / 6 }
  @inline(__always) func derivative(input z: Scalar) -> Scalar { z > -3 ? (z < 3 ? 1 / 6 : 0) : z <= -3 ? 0 : z }
  @inline(__always) func derivative(output y: Scalar) -> Scalar { y > 0 ? (y < 1 ? 1 / 6 : 0) : y <= 0 ? 0 : y }
}

struct HardSwishFormula<Scalar: TensorScalar>: ActivationFormula {
  // Any number below -3 times 0 is -0; an infinite one would be NaN.
  @inline(__always) func value(_ z: Scalar) -> Scalar { (z < -3 ? -3 : z) * HardSigmoidFormula().value(z) }
  // 2 z + 3 is exact near -3 / 2, where the derivative changes its sign.
  @inline(__always) func derivative(input z: Scalar) -> Scalar {
    z > -3 ? (z < 3 ? (2 * z + 3) / 6 : 1) : z <= -3 ? 0 : z
  }
}
