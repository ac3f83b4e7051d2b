// The normal distribution beyond a number, for Float, written so that a loop over it vectorises. Method: the quotient
// (1 - Φ(a)) / e^(-a²/2) (Mills' ratio over √(2π)) falls slowly from 1/2 and is a quotient of two polynomials with positive
// coefficients, in which nothing cancels (Cody, "Rational Chebyshev approximations for the error function", 1969). The
// coefficients are from Tests/Fixtures/fit_polynomials.py.

extension Float {
  /// 1 - Φ(a), the probability of a normal number beyond a, and its density e^(-a²/2) / √(2π), for a >= 0: within 6 ulp
  /// down to subnormal results, 1/2 at 0, 0 and 0 from 14.5 on; NaN gives NaN.
  ///
  /// a² is computed in two parts, because half a unit of its last place is 8e-6 at 13, by which the exponential would be off.
  @inline(__always)
  public static func _normalTail(_ a: Float) -> (tail: Float, density: Float) {
    // The comparison is false for NaN, which passes. The exponential is 0 from there on.
    let t = a > 14.5 ? 14.5 : a
    let square = t * t
    let rest = (-square).addingProduct(t, t)
    let rounded = _exp(-0.5 * square)
    let exponential = rounded.addingProduct(rounded, -0.5 * rest)

    let upper = (0x1.0ccacap-4 as Float).addingProduct(t, (0x1.5332f6p-7 as Float).addingProduct(t, 0x1.8b182ep-11))
    let numerator = (0.5 as Float)
      .addingProduct(
        t, (0x1.f87d4ap-2 as Float).addingProduct(t, (0x1.e5db78p-3 as Float).addingProduct(t, upper)))
    let outer = (0x1.54c496p-3 as Float).addingProduct(t, (0x1.a91e2p-6 as Float).addingProduct(t, 0x1.ef2dc8p-10))
    let inner = (0x1.65b37ep0 as Float).addingProduct(t, (0x1.3dacf4p-1 as Float).addingProduct(t, outer))
    let denominator = (1 as Float).addingProduct(t, (0x1.c880cep0 as Float).addingProduct(t, inner))

    return (exponential * (numerator / denominator), 0.3989423 * exponential)
  }
}
