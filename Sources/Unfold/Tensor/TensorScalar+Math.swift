import Glibc

extension Float {
  public static func _exp(_ x: Float) -> Float { Glibc.expf(x) }
  public static func _expm1(_ x: Float) -> Float { Glibc.expm1f(x) }
  public static func _log1p(_ x: Float) -> Float { Glibc.log1pf(x) }
  public static func _log(_ x: Float) -> Float { Glibc.logf(x) }
  public static func _tanh(_ x: Float) -> Float { Glibc.tanhf(x) }
  public static func _erf(_ x: Float) -> Float { Glibc.erff(x) }
}

extension Double {
  public static func _exp(_ x: Double) -> Double { Glibc.exp(x) }
  public static func _expm1(_ x: Double) -> Double { Glibc.expm1(x) }
  public static func _log1p(_ x: Double) -> Double { Glibc.log1p(x) }
  public static func _log(_ x: Double) -> Double { Glibc.log(x) }
  public static func _tanh(_ x: Double) -> Double { Glibc.tanh(x) }
  public static func _erf(_ x: Double) -> Double { Glibc.erf(x) }
}
