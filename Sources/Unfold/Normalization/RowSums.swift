// Sums over neighbouring elements in a fixed order: 64 partial sums in vectors, in blocks that are added in double
// precision.

/// The elements of a block: few enough to stay in the first-level cache and to be summed in `Scalar`.
private let blockLength = 2048

/// Mean and sum of squared deviations of `count` elements, in one pass over memory: the deviations of a block are read
/// from cache, the blocks are merged by the formula of Chan, Golub and LeVeque (1979). Numbers whose squares leave the
/// range of `Scalar` are summed a second time, in double precision.
@inline(__always)
func rowMoments<Scalar: TensorScalar>(
  _ x: UnsafePointer<Scalar>, _ count: Int, in range: SquareRange
) -> (mean: Double, squares: Double) {
  var (mean, squares) = (0.0, 0.0)
  var first = 0
  while first < count {
    let length = min(blockLength, count &- first)
    let block = x + first
    // Distances from the first element: sums of numbers far from 0 would lose their low digits.
    let share = 1 / Double(length)
    let blockMean = Double(block[0]).addingProduct(rowSum(block, from: block[0], length), share)
    // The deviations from the rounded mean, less what the rounding adds: at most as much as the deviations from the
    // mean, because the mean lies between two neighbouring numbers and no element does.
    let rounded = Scalar(blockMean)
    let remainder = blockMean - Double(rounded)
    let blockSquares = squaredDeviations(block, from: rounded, length) - Double(length) * (remainder * remainder)
    (mean, squares) = mergedMoments((mean, squares), first, (blockMean, blockSquares), length)
    first = first &+ length
  }
  if range.contains(squares) { return (mean, squares) }
  mean = Double(x[0]) + doubleSum(count) { Double(x[$0]) - Double(x[0]) } / Double(count)
  return (
    mean,
    doubleSum(count) {
      let deviation = Double(x[$0]) - mean
      return deviation * deviation
    }
  )
}

/// The moments of `count + otherCount` elements from those of each set.
@inline(__always)
func mergedMoments(
  _ moments: (mean: Double, squares: Double), _ count: Int, _ other: (mean: Double, squares: Double), _ otherCount: Int
) -> (mean: Double, squares: Double) {
  if count == 0 { return other }
  let delta = other.mean - moments.mean
  let weight = Double(otherCount) / Double(count + otherCount)
  return (
    moments.mean.addingProduct(delta, weight),
    moments.squares + other.squares.addingProduct(delta * delta, Double(count) * weight)
  )
}

/// The sums over i of scale[i] g[i] and of scale[i] g[i] (x[i] - mean).
@inline(__always)
func rowGradientSums<Scalar: TensorScalar>(
  _ g: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, scale: UnsafePointer<Scalar>, mean: Scalar, _ count: Int
) -> (gradients: Double, products: Double) {
  var (gradients, products) = (0.0, 0.0)
  var first = 0
  while first < count {
    let length = min(blockLength, count &- first)
    let sums = blockGradientSums(g + first, x + first, scale + first, mean, length)
    gradients += sums.gradients
    products += sums.products
    first = first &+ length
  }
  return (gradients, products)
}

@inline(__always)
private func rowSum<Scalar: TensorScalar>(
  _ x: UnsafePointer<Scalar>, from shift: Scalar, _ count: Int
) -> Double {
  var (a, b) = (SIMD16<Scalar>(repeating: 0), SIMD16<Scalar>(repeating: 0))
  var (c, d) = (a, b)
  let shifts = SIMD16<Scalar>(repeating: shift)
  var i = 0
  while i &+ 64 <= count {
    a += load(x + i, as: SIMD16<Scalar>.self) - shifts
    b += load(x + (i &+ 16), as: SIMD16<Scalar>.self) - shifts
    c += load(x + (i &+ 32), as: SIMD16<Scalar>.self) - shifts
    d += load(x + (i &+ 48), as: SIMD16<Scalar>.self) - shifts
    i = i &+ 64
  }
  while i &+ 16 <= count {
    a += load(x + i, as: SIMD16<Scalar>.self) - shifts
    i = i &+ 16
  }
  var sum = ((a + b) + (c + d)).sum()
  while i < count {
    sum += x[i] - shift
    i = i &+ 1
  }
  return Double(sum)
}

@inline(__always)
private func squaredDeviations<Scalar: TensorScalar>(
  _ x: UnsafePointer<Scalar>, from mean: Scalar, _ count: Int
) -> Double {
  let means = SIMD16<Scalar>(repeating: mean)
  var (a, b) = (SIMD16<Scalar>(repeating: 0), SIMD16<Scalar>(repeating: 0))
  var i = 0
  while i &+ 32 <= count {
    let p = load(x + i, as: SIMD16<Scalar>.self) - means
    let q = load(x + (i &+ 16), as: SIMD16<Scalar>.self) - means
    a.addProduct(p, p)
    b.addProduct(q, q)
    i = i &+ 32
  }
  while i &+ 16 <= count {
    let p = load(x + i, as: SIMD16<Scalar>.self) - means
    a.addProduct(p, p)
    i = i &+ 16
  }
  var sum = (a + b).sum()
  while i < count {
    let p = x[i] - mean
    sum = sum.addingProduct(p, p)
    i = i &+ 1
  }
  return Double(sum)
}

@inline(__always)
private func blockGradientSums<Scalar: TensorScalar>(
  _ g: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, _ scale: UnsafePointer<Scalar>, _ mean: Scalar, _ count: Int
) -> (gradients: Double, products: Double) {
  let means = SIMD16<Scalar>(repeating: mean)
  var (a, b) = (SIMD16<Scalar>(repeating: 0), SIMD16<Scalar>(repeating: 0))
  var i = 0
  while i &+ 16 <= count {
    let scaled = load(g + i, as: SIMD16<Scalar>.self) * load(scale + i, as: SIMD16<Scalar>.self)
    a += scaled
    b.addProduct(scaled, load(x + i, as: SIMD16<Scalar>.self) - means)
    i = i &+ 16
  }
  var (gradients, products) = (a.sum(), b.sum())
  while i < count {
    let scaled = g[i] * scale[i]
    gradients += scaled
    products = products.addingProduct(scaled, x[i] - mean)
    i = i &+ 1
  }
  return (Double(gradients), Double(products))
}
