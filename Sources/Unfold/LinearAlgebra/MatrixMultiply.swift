/// The product of two matrices, `[m, k] * [k, n] -> [m, n]`, on the calling thread.
///
/// - Parameters:
///   - a: The left matrix, `[m, k]`.
///   - b: The right matrix, `[k, n]`.
/// - Returns: `[m, n]`, `c[i, j] = sum over l of a[i, l] b[l, j]`.
/// - Throws: ``UnfoldError`` unless both have two axes, agree in `k`, and have no zero extent.
/// - Complexity: 2 m n k operations.
@specialized(where Scalar == Float) @specialized(where Scalar == Double)
public func matrixMultiply<Scalar: TensorScalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) throws(UnfoldError) -> Tensor<Scalar> {
  guard a.shape.rank == 2 else { throw .shapeMismatch(of: "left matrix", expected: [0, 0], found: a.shape) }
  guard b.shape.rank == 2, b.shape[0] == a.shape[1] else {
    throw .shapeMismatch(of: "right matrix", expected: [a.shape[1], b.shape.extents.last ?? 0], found: b.shape)
  }
  for extent in a.shape.extents + b.shape.extents {
    try require("matrix extent", extent, in: 1..., or: "1 or more")
    try requireInt32("matrix extent", extent)
  }
  var c = try Tensor<Scalar>(uninitialized: [a.shape[0], b.shape[1]])
  let base = try c.outputBase()
  multiply(
    Matrix(a.base, rows: a.shape[0], columns: a.shape[1], stride: a.shape[1]),
    Matrix(b.base, rows: b.shape[0], columns: b.shape[1], stride: b.shape[1]),
    into: Matrix(base, rows: a.shape[0], columns: b.shape[1], stride: b.shape[1]), accumulating: false)
  withExtendedLifetime((a, b)) {}
  return c
}
