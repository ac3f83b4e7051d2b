/// A view of a row-major matrix in another owner's memory: where it starts, its extents, and the distance between its
/// rows.
///
/// ```
///            columns
///        +-------------+ . . +
///   rows |  a b c d e  |     :   element (i, j) lies at base[i * stride + j]
///        |             |     :
///        +-------------+ . . +
///        <----- stride ------>
/// ```
struct Matrix<Scalar: TensorScalar> {
  let base: UnsafeMutablePointer<Scalar>
  let rows, columns, stride: Int
  /// Whether the memory holds the transpose: `rows` and `columns` are those of the matrix that is meant.
  var isTransposed = false

  @inline(__always)
  init(_ base: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, stride: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// A matrix that is only read from.
  @inline(__always)
  init(_ base: UnsafePointer<Scalar>, rows: Int, columns: Int, stride: Int) {
    self.init(UnsafeMutablePointer(mutating: base), rows: rows, columns: columns, stride: stride)
  }

  /// The transpose, without moving an element.
  @inline(__always)
  var transposed: Matrix {
    var matrix = Matrix(base, rows: columns, columns: rows, stride: stride)
    matrix.isTransposed = !isTransposed
    return matrix
  }

  /// Some of the rows, where they lie.
  @inline(__always)
  func rows(_ range: Range<Int>) -> Matrix {
    var matrix = Matrix(
      base + range.lowerBound * (isTransposed ? 1 : stride), rows: range.count, columns: columns, stride: stride)
    matrix.isTransposed = isTransposed
    return matrix
  }
}

/// `C = A B`, or `C += A B` where `accumulating`, on the calling thread.
///
/// ```
///         k            n              n
///     +-------+    +-------+      +-------+
///   m |   A   | * k|   B   |  = m |   C   |
///     +-------+    +-------+      +-------+
/// ```
///
/// The only function that calls BLAS's GEMM. Geometries check their extents against `Int32` before anything is
/// allocated (``requireInt32(_:_:)``), so a mismatch here is an error of the engine itself and not of its user.
@inline(__always)
func multiply<Scalar: TensorScalar>(
  _ a: Matrix<Scalar>, _ b: Matrix<Scalar>, into c: Matrix<Scalar>, accumulating: Bool
) {
  let (m, n, k) = (c.rows, c.columns, a.columns)
  precondition(m > 0 && n > 0 && k > 0, "a product needs extents of at least 1")
  precondition(a.rows == m && b.rows == k && b.columns == n && !c.isTransposed, "extents of a product do not agree")
  precondition(
    a.stride >= (a.isTransposed ? m : k) && b.stride >= (b.isTransposed ? k : n) && c.stride >= n,
    "rows of a matrix overlap")
  Scalar._gemm(
    transposeA: a.isTransposed, transposeB: b.isTransposed, m: Int32(m), n: Int32(n), k: Int32(k),
    a: a.base, lda: Int32(a.stride), b: b.base, ldb: Int32(b.stride),
    beta: accumulating ? 1 : 0, c: c.base, ldc: Int32(c.stride))
}

/// Throws where a matrix extent does not fit in BLAS's `Int32`.
func requireInt32(_ name: @autoclosure () -> String, _ extent: Int) throws(UnfoldError) {
  guard extent <= Int(Int32.max) else { throw .tooLarge(name(), size: "\(extent)", limit: Int(Int32.max)) }
}
