/// The orthonormal basis that a Householder QR factorisation finds for the columns of a matrix.
///
/// - Parameter matrix: `[m, n]` with `m >= n`.
/// - Returns: Q, `[m, n]`, with `Q^T Q = I`. The columns carry the signs that make R's diagonal positive, so that a
///   Gaussian matrix yields a basis that is uniform over all of them (Saxe et al. 2013, Mezzadri 2007).
/// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` unless the matrix has two axes and `m >= n >= 1`;
///   ``UnfoldError/linearAlgebra(routine:info:)`` where LAPACK fails.
/// - Complexity: O(m n²).
public func orthonormalBasis<Scalar: TensorScalar>(_ matrix: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
  guard matrix.shape.rank == 2, matrix.shape[1] >= 1, matrix.shape[0] >= matrix.shape[1] else {
    throw .invalidArgument("matrix", expected: "[m, n] with m >= n >= 1", found: "\(matrix.shape)")
  }
  let (m, n) = (matrix.shape[0], matrix.shape[1])
  try requireInt32("rows", m)
  var basis = matrix
  let q = basis.mutableBase()
  var info: Int32 = 0
  withUnsafeTemporaryAllocation(of: Scalar.self, capacity: n) { diagonal in
    guard let r = diagonal.baseAddress else { return }
    info = Scalar._qr(m: Int32(m), n: Int32(n), matrix: q, diagonal: r)
    for column in 0..<n where r[column] < 0 {
      for row in 0..<m { q[row * n + column].negate() }
    }
  }
  guard info == 0 else { throw .linearAlgebra(routine: "QR factorisation", info: Int(info)) }
  return basis
}
