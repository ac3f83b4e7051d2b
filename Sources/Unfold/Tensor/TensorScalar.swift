/// The element types that the engine computes with: `Float`, which is tuned, and `Double`, which judges it.
///
/// Both run the same generic code, specialised for each. The requirements are the few primitives that differ by type;
/// they are for the engine itself and not meant to be called or conformed to by others.
public protocol TensorScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// `C = A B + beta C`, row-major, on one thread. Use ``matrixMultiply(_:_:)`` instead, which checks its arguments.
  static func _gemm(
    transposeA: Bool, transposeB: Bool, m: Int32, n: Int32, k: Int32,
    a: UnsafePointer<Self>, lda: Int32, b: UnsafePointer<Self>, ldb: Int32,
    beta: Self, c: UnsafeMutablePointer<Self>, ldc: Int32)

  /// The Householder QR factorisation of a row-major `m x n` matrix: `matrix` becomes Q (`m x min(m, n)`), the
  /// diagonal of R goes to `diagonal`. Returns LAPACK's `info`.
  static func _qr(
    m: Int32, n: Int32, matrix: UnsafeMutablePointer<Self>, diagonal: UnsafeMutablePointer<Self>
  ) -> Int32

  /// The kernels of this processor's instruction set.
  static var _kernels: _Kernels<Self> { get }

  /// e to the power of `x`, written so that a loop over it vectorises.
  static func _exp(_ x: Self) -> Self
  /// e to the power of `x`, minus 1, written so that a loop over it vectorises.
  static func _expm1(_ x: Self) -> Self
  /// The natural logarithm of 1 + `x`, for `x` in [0, 1], written so that a loop over it vectorises.
  static func _log1p(_ x: Self) -> Self
  /// The natural logarithm, written so that a loop over it vectorises.
  static func _log(_ x: Self) -> Self
  /// The hyperbolic tangent, written so that a loop over it vectorises.
  static func _tanh(_ x: Self) -> Self
  /// 1 - Φ(a), the normal distribution beyond `a`, and its density e^(-a²/2) / √(2π), for `a` of at least 0, written so
  /// that a loop over it vectorises.
  static func _normalTail(_ a: Self) -> (tail: Self, density: Self)
}
