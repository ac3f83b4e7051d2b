import Glibc

/// The C library's functions, one element at a time: `Double` is the judge, and only `Float` is tuned. Float's own are
/// in the files `Float+Exponential`, `Float+Logarithm` and `Float+NormalTail`.
extension Double {
  @inline(__always) public static func _exp(_ x: Double) -> Double { Glibc.exp(x) }
  @inline(__always) public static func _expm1(_ x: Double) -> Double { Glibc.expm1(x) }
  @inline(__always) public static func _log1p(_ x: Double) -> Double { Glibc.log1p(x) }
  @inline(__always) public static func _log(_ x: Double) -> Double { Glibc.log(x) }
  @inline(__always) public static func _tanh(_ x: Double) -> Double { Glibc.tanh(x) }
  @inline(__always) public static func _normalTail(_ a: Double) -> (tail: Double, density: Double) {
    (0.5 * Glibc.erfc(a * 0.7071067811865476), 0.3989422804014327 * Glibc.exp(-0.5 * a * a))
  }
}
