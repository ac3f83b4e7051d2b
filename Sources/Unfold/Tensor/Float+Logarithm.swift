// The logarithms of Float, written so that a loop over them vectorises. Method: a number is taken apart into 2^n and a
// mantissa between sqrt(1/2) and sqrt(2), whose logarithm is a minimax polynomial (Muller, Elementary Functions,
// chapters 3 and 11); the coefficients are from Tests/Fixtures/fit_polynomials.py.

extension Float {
  /// n ln 2 + log(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2), as f - f^2/2 + f^3 p(f): approximation error 2^-28 relative.
  @inline(__always)
  private static func logarithm(ofOnePlus f: Float, exponent n: Float) -> Float {
    let upper = (-0x1.fbd836p-4 as Float)
      .addingProduct(
        f, (0x1.e2138ap-4 as Float).addingProduct(f, (-0x1.de4fd8p-4 as Float).addingProduct(f, 0x1.1efaeap-4)))
    let middle = (0x1.99a058p-3 as Float)
      .addingProduct(f, (-0x1.5560e0p-3 as Float).addingProduct(f, (0x1.238bdap-3 as Float).addingProduct(f, upper)))
    let p = (0x1.555550p-2 as Float).addingProduct(f, (-0x1.ffffecp-3 as Float).addingProduct(f, middle))
    let correction = f * f * (-0.5 as Float).addingProduct(f, p)
    // ln 2 in two parts, the smaller one where its bits still count.
    let small = correction.addingProduct(n, -0x1.05c610p-29)
    return (f + small).addingProduct(n, 0x1.62e43p-1)
  }

  /// The natural logarithm within 1 ulp, at every `Float`, subnormals included: -infinity of zero, infinity of
  /// infinity, NaN of NaN and of negative numbers.
  ///
  /// For n = 0 the sum f + small rounds once, and small, at most a fifth of f, adds a fifth of that. The worst
  /// case is just below sqrt(1/2), where n = -1 and 0.35 is subtracted from ln 2: the roundings before count in an ulp
  /// of 0.35 (0.94 of every seventh `Float`).
  @inline(__always)
  public static func _log(_ x: Float) -> Float {
    let isSubnormal = x < leastNormalMagnitude
    let normal = isSubnormal ? x * 0x1p23 : x
    // Counted from sqrt(1/2), the exponent field is n and what remains a mantissa in [sqrt(1/2), sqrt(2)).
    let bits = Int32(bitPattern: normal.bitPattern)
    let n = (bits &- 0x3F35_04F3) &>> 23
    let mantissa = Float(bitPattern: UInt32(bitPattern: bits &- (n &<< 23)))
    let exponent = Float(n) - (isSubnormal ? 23 : 0)
    let finite = logarithm(ofOnePlus: mantissa - 1, exponent: exponent)
    return x > 0 ? (x < infinity ? finite : x) : (x == 0 ? -infinity : nan)
  }

  /// log(1 + x) within 1.5 ulp for x in [0, 1], the range that log(1 + e^-|z|) needs; NaN gives NaN.
  ///
  /// Above sqrt(2) - 1 it is ln 2 + log((1 + x) / 2), where (x - 1) / 2 is exact from 1/2 on and rounded below, which
  /// adds another half ulp to the error of the logarithm there (1.46 of every seventh `Float`).
  @inline(__always)
  public static func _log1p(_ x: Float) -> Float {
    let isUpper = x > 0x1.a8279ap-2
    return logarithm(ofOnePlus: isUpper ? 0.5 * (x - 1) : x, exponent: isUpper ? 1 : 0)
  }
}
