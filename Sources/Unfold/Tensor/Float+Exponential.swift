// The exponential family of Float, written so that a loop over it vectorises: no branch, no table, no conversion that
// traps, only fused multiply-adds, selects and integer arithmetic on the bits. Method: additive range reduction after
// Cody and Waite (Software Manual for the Elementary Functions, 1980, chapter 6) and a minimax polynomial (Muller,
// Elementary Functions, chapters 3 and 11); the coefficients are from Tests/Fixtures/fit_polynomials.py.

extension Float {
  /// Adding this rounds a number of magnitude below 2^21 to the nearest integer n and leaves n in the low bits:
  /// 1.5 * 2^23 has an ulp of 1, and the 1.5 keeps the exponent the same for negative n.
  @inline(__always) private static var integerShift: Float { 0x1.8p23 }

  /// Splits x = n ln 2 + r with |r| <= ln 2 / 2 (up to a rounding error), for |x| < 2^20. Any other x gives some n and
  /// r.
  @inline(__always)
  private static func reduced(_ x: Float) -> (n: Int32, remainder: Float) {
    let shifted = integerShift.addingProduct(x, 0x1.715476p0)  // log2(e)
    let n = shifted - integerShift
    // ln 2 in two parts. The first fused step is exact for |n| <= 150: both x and n times the 24-bit leading part are
    // multiples of 2^-25 there, and the difference is below 1/2. So r has one rounding, that of the second step.
    let remainder = x.addingProduct(-n, 0x1.62e43p-1).addingProduct(-n, -0x1.05c610p-29)
    return (Int32(bitPattern: shifted.bitPattern) &- Int32(bitPattern: integerShift.bitPattern), remainder)
  }

  /// e^r - 1 for |r| <= ln 2 / 2, as r + r^2 q(r): approximation error 2^-29 relative.
  @inline(__always)
  private static func exponentialMinusOne(reduced r: Float) -> Float {
    let q = (0x1.5554e8p-5 as Float)
      .addingProduct(
        r, (0x1.1110aap-7 as Float).addingProduct(r, (0x1.6d4452p-10 as Float).addingProduct(r, 0x1.a17f64p-13)))
    let p = (0.5 as Float).addingProduct(r, (0x1.555556p-3 as Float).addingProduct(r, q))
    return r.addingProduct(r * r, p)
  }

  /// 2^n for -126 <= n <= 127.
  @inline(__always)
  private static func power(ofTwo n: Int32) -> Float { Float(bitPattern: UInt32(bitPattern: (n &+ 127) &<< 23)) }

  /// e^x within 1 ulp, at every `Float`: infinity above 88.72, gradual underflow to subnormals below -87.33 and zero
  /// below -103.98; NaN gives NaN.
  ///
  /// Where e^r is just below 1 an ulp of it is 2^-24. In those units r is off by up to 1/4 (a rounding of a number
  /// below 1/2), r + r^2 p by 1/4 more, the polynomial by 1/32, and the last sum by 1/2: 1.03 in the worst case that
  /// the roundings agree, 0.99 of every seventh `Float`. A subnormal result is rounded once more.
  @inline(__always)
  public static func _exp(_ x: Float) -> Float {
    // The comparisons are false for NaN, which passes. Beyond these bounds the result is 0 or infinity already.
    let clamped = x < -104 ? -104 : x > 89 ? 89 : x
    let (n, r) = reduced(clamped)
    // 2^n in two factors, as n reaches from -150 to 128; multiplying by the second underflows or overflows as it must.
    let half = n &>> 1
    let first = power(ofTwo: half)
    return first.addingProduct(first, exponentialMinusOne(reduced: r)) * power(ofTwo: n &- half)
  }

  /// e^x - 1 within 1.5 ulp, at every `Float`: -1 below -17.33, infinity above 88.72; NaN gives NaN.
  ///
  /// With h = 2^(n-1) it is 2 (h (e^r - 1) + (h - 1/2)), where h - 1/2 is exact for -24 <= n <= 24 and one fused
  /// operation does the rest; h instead of 2^n, because 2^128 is no `Float`. So it adds half an ulp to the error of
  /// e^r, and another half at n = 25, the worst case (1.42).
  @inline(__always)
  public static func _expm1(_ x: Float) -> Float {
    let clamped = x < -18 ? -18 : x > 89 ? 89 : x
    let (n, r) = reduced(clamped)
    let half = power(ofTwo: n &- 1)
    return 2 * (half - 0.5).addingProduct(half, exponentialMinusOne(reduced: r))
  }

  /// tanh x within 3 ulp, at every `Float`, odd, ±1 from |x| = 9.02 on; NaN gives NaN.
  ///
  /// It is -m / (m + 2) of m = e^(-2|x|) - 1, which lies in (-1, 0]: nothing overflows. The relative error of m is
  /// multiplied by 2 / (m + 2): by 1 for small x, and by 2 for large x, where m near -1 is good to about half an ulp.
  /// To that come the roundings of the sum and of the quotient, half an ulp each. The worst of every seventh `Float`
  /// is 2.50.
  @inline(__always)
  public static func _tanh(_ x: Float) -> Float {
    let m = _expm1(-2 * abs(x))
    return (-m / (m + 2)).withSign(of: x)
  }

  /// This number, which must not be negative, with the sign of another. A NaN stays a NaN.
  @inline(__always)
  func withSign(of other: Float) -> Float { Float(bitPattern: bitPattern | (other.bitPattern & 0x8000_0000)) }
}
