/// Transposes a matrix: blocks of 8 x 8 in registers, what is left at the edges one by one.
@inline(__always)
func transpose<Scalar: TensorScalar>(
  from source: UnsafePointer<Scalar>, stride sourceStride: Int, rows: Int, columns: Int,
  into target: UnsafeMutablePointer<Scalar>, stride targetStride: Int
) {
  let (wholeRows, wholeColumns) = (rows & ~7, columns & ~7)
  for row in stride(from: 0, to: wholeRows, by: 8) {
    for column in stride(from: 0, to: wholeColumns, by: 8) {
      transposeBlock(
        from: source + row * sourceStride + column, stride: sourceStride,
        into: target + column * targetStride + row, stride: targetStride)
    }
  }
  for row in 0..<rows {
    for column in (row < wholeRows ? wholeColumns : 0)..<columns {
      target[column * targetStride + row] = source[row * sourceStride + column]
    }
  }
}

/// Transposes 8 x 8 elements by interleaving row i with row i + 4, three times over: each time doubles the number of
/// neighbours that come from one column.
@inline(__always)
private func transposeBlock<Scalar: TensorScalar>(
  from source: UnsafePointer<Scalar>, stride sourceStride: Int,
  into target: UnsafeMutablePointer<Scalar>, stride targetStride: Int
) {
  typealias Row = SIMD8<Scalar>
  func row(_ i: Int) -> Row { load(source + i * sourceStride, as: Row.self) }
  func interleave(_ even: Row, _ odd: Row) -> SIMD16<Scalar> {
    var both = SIMD16<Scalar>()
    both.evenHalf = even
    both.oddHalf = odd
    return both
  }
  var rows = (
    interleave(row(0), row(4)), interleave(row(1), row(5)), interleave(row(2), row(6)), interleave(row(3), row(7))
  )
  for _ in 0..<2 {
    rows = (
      interleave(rows.0.lowHalf, rows.2.lowHalf), interleave(rows.0.highHalf, rows.2.highHalf),
      interleave(rows.1.lowHalf, rows.3.lowHalf), interleave(rows.1.highHalf, rows.3.highHalf)
    )
  }
  func write(_ pair: SIMD16<Scalar>, _ i: Int) {
    store(pair.lowHalf, to: target + i * targetStride)
    store(pair.highHalf, to: target + (i + 1) * targetStride)
  }
  write(rows.0, 0)
  write(rows.1, 2)
  write(rows.2, 4)
  write(rows.3, 6)
}
