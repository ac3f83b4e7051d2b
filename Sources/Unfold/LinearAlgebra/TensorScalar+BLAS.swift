import CLAPACKE
import COpenBLAS

extension Float: TensorScalar {
  @inline(__always)
  public static func _gemm(
    transposeA: Bool, transposeB: Bool, m: Int32, n: Int32, k: Int32,
    a: UnsafePointer<Float>, lda: Int32, b: UnsafePointer<Float>, ldb: Int32,
    beta: Float, c: UnsafeMutablePointer<Float>, ldc: Int32
  ) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      m, n, k, 1, a, lda, b, ldb, beta, c, ldc)
  }

  public static func _qr(
    m: Int32, n: Int32, matrix: UnsafeMutablePointer<Float>, diagonal: UnsafeMutablePointer<Float>
  ) -> Int32 {
    let k = min(m, n)
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: Int(k)) { tau in
      let info = LAPACKE_sgeqrf(LAPACK_ROW_MAJOR, m, n, matrix, n, tau.baseAddress)
      guard info == 0 else { return info }
      for i in 0..<Int(k) { diagonal[i] = matrix[i * Int(n) + i] }
      return LAPACKE_sorgqr(LAPACK_ROW_MAJOR, m, k, k, matrix, n, tau.baseAddress)
    }
  }
}

extension Double: TensorScalar {
  @inline(__always)
  public static func _gemm(
    transposeA: Bool, transposeB: Bool, m: Int32, n: Int32, k: Int32,
    a: UnsafePointer<Double>, lda: Int32, b: UnsafePointer<Double>, ldb: Int32,
    beta: Double, c: UnsafeMutablePointer<Double>, ldc: Int32
  ) {
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      m, n, k, 1, a, lda, b, ldb, beta, c, ldc)
  }

  public static func _qr(
    m: Int32, n: Int32, matrix: UnsafeMutablePointer<Double>, diagonal: UnsafeMutablePointer<Double>
  ) -> Int32 {
    let k = min(m, n)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: Int(k)) { tau in
      let info = LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, m, n, matrix, n, tau.baseAddress)
      guard info == 0 else { return info }
      for i in 0..<Int(k) { diagonal[i] = matrix[i * Int(n) + i] }
      return LAPACKE_dorgqr(LAPACK_ROW_MAJOR, m, k, k, matrix, n, tau.baseAddress)
    }
  }
}
