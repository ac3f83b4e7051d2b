import Glibc

/// `Double` judges and `Float` is tuned: these are the C library's functions, one element at a time. Float's own are in
/// the files `Float+Exponential`, `Float+Logarithm` and `Float+ErrorFunction`.
extension Double {
  @inline(__always) public static func _exp(_ x: Double) -> Double { Glibc.exp(x) }
  @inline(__always) public static func _expm1(_ x: Double) -> Double { Glibc.expm1(x) }
  @inline(__always) public static func _log1p(_ x: Double) -> Double { Glibc.log1p(x) }
  @inline(__always) public static func _log(_ x: Double) -> Double { Glibc.log(x) }
  @inline(__always) public static func _tanh(_ x: Double) -> Double { Glibc.tanh(x) }
  @inline(__always) public static func _erf(_ x: Double) -> Double { Glibc.erf(x) }
}
