// Reductions over one row in a fixed order. There are four partial results, and element i goes to partial result i mod
// 4: one chain of additions would be bound by their latency.

/// The largest element of a row. A NaN may be passed over: the exponentials that follow carry it into their sum.
@inline(__always)
func maximum<Scalar: TensorScalar>(_ row: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
  var (a, b, c, d) = (row[0], row[0], row[0], row[0])
  var i = 0
  while i &+ 4 <= count {
    a = row[i] > a ? row[i] : a
    b = row[i &+ 1] > b ? row[i &+ 1] : b
    c = row[i &+ 2] > c ? row[i &+ 2] : c
    d = row[i &+ 3] > d ? row[i &+ 3] : d
    i = i &+ 4
  }
  while i < count {
    a = row[i] > a ? row[i] : a
    i = i &+ 1
  }
  a = b > a ? b : a
  c = d > c ? d : c
  return c > a ? c : a
}

/// The sum over i of `element(i)`, in double precision.
@inline(__always)
func doubleSum(_ count: Int, _ element: (Int) -> Double) -> Double {
  var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
  var i = 0
  while i &+ 4 <= count {
    a += element(i)
    b += element(i &+ 1)
    c += element(i &+ 2)
    d += element(i &+ 3)
    i = i &+ 4
  }
  while i < count {
    a += element(i)
    i = i &+ 1
  }
  return (a + b) + (c + d)
}

/// `target[i] = e^(row[i] - m)` with m the maximum of the row; returns m and the sum.
@inline(__always)
func shiftedExponentials<Scalar: TensorScalar>(
  _ row: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>, _ count: Int
) -> (maximum: Scalar, sum: Double) {
  let largest = maximum(row, count)
  for i in 0..<count { target[i] = Scalar._exp(row[i] - largest) }
  return (largest, doubleSum(count) { Double(target[$0]) })
}
