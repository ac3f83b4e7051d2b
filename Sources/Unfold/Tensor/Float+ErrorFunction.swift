// The error function of Float, written so that a loop over it vectorises. Method: a minimax polynomial for erf on
// [0, 1] and one for -log(1 - erf), which is nearly a parabola, on [1, 4] (Muller, Elementary Functions, chapter 3);
// both are computed and one is selected. The coefficients are from Tests/Fixtures/fit_polynomials.py.

extension Float {
  /// erf x within 1.5 ulp, at every `Float`, odd, ±1 from |x| = 3.92 on; NaN gives NaN.
  ///
  /// Below 1: x + x p(x^2), approximation error 2^-28 relative, the last operation fused, the term x p at most 0.13 x
  /// (and of either sign): below 1 ulp. From 1 on: 1 - e^-g(x) as -expm1(-g); an error of g is multiplied by
  /// 1 - erf x, at most 0.16, so that expm1's own error dominates. The worst of every seventh `Float` is 1.01.
  @inline(__always)
  public static func _erf(_ x: Float) -> Float {
    let magnitude = abs(x)
    // The comparison is false for NaN, which passes.
    let t = magnitude > 4 ? 4 : magnitude
    let s = t * t
    let inner = (0x1.ce2cf8p-4 as Float)
      .addingProduct(
        s,
        (-0x1.b7f90ep-6 as Float).addingProduct(
          s, (0x1.5405b2p-8 as Float).addingProduct(s, (-0x1.a3f700p-11 as Float).addingProduct(s, 0x1.496a34p-14))))
    let p = (0x1.06eba8p-3 as Float).addingProduct(s, (-0x1.81273ep-2 as Float).addingProduct(s, inner))
    let below = t.addingProduct(t, p)

    let upper = (-0x1.9d0a6ep-6 as Float)
      .addingProduct(
        t, (0x1.139642p-8 as Float).addingProduct(t, (-0x1.cedfbcp-12 as Float).addingProduct(t, 0x1.6bf338p-16)))
    let middle = (0x1.4434f8p-1 as Float).addingProduct(t, (0x1.bc186ap-4 as Float).addingProduct(t, upper))
    let g = (-0x1.8b3f28p-13 as Float).addingProduct(t, (0x1.212c2cp0 as Float).addingProduct(t, middle))
    let above = -_expm1(-g)

    return (t < 1 ? below : above).withSign(of: x)
  }
}
