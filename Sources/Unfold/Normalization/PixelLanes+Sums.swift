/// The two sums of every channel that determine the gradients, in one pass over memory.
///
/// ```
/// gradients[c] = sum over pixels of g          products[c] = sum over pixels of g (x - mean[c])
/// ```
///
/// g is the output gradient, times the derivative of relu where that was applied. The output is not read for it: it is
/// computed again from x, with the same bits as in the forward pass. Sums of 32 rows are added up in `Scalar`, those of
/// the blocks in double precision.
extension PixelLanes {
  /// Sums one task: the blocks of a span in the rows of a segment, and the rest with the last segment.
  ///
  /// - Parameters:
  ///   - input: x, `[pixels, channels]`.
  ///   - outputGradient: `[pixels, channels]`.
  ///   - table: The planes of ``LanePlane``.
  ///   - rectifies: Whether relu was applied.
  ///   - gradients: `[segments, lanes]`, of which the task writes its part.
  ///   - products: Likewise.
  ///   - work: Five planes.
  @inline(__always)
  func sumGradients<Scalar: TensorScalar>(
    task: Int, input: UnsafePointer<Scalar>, outputGradient: UnsafePointer<Scalar>, table: LaneTable<Scalar>,
    rectifies: Bool, gradients: UnsafeMutablePointer<Double>, products: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Scalar>
  ) {
    let (segment, span) = task.quotientAndRemainder(dividingBy: spans)
    let rows = rows(of: segment)
    let width = Self.width
    for block in blocks(of: span) {
      let lane = block * width
      let count = count(of: block)
      let gradient = gradients + (segment * lanes + lane)
      let product = products + (segment * lanes + lane)
      gradient.update(repeating: 0, count: count)
      product.update(repeating: 0, count: count)
      // The planes that the loops read besides the images; they follow the two planes that the loops write.
      (work + 2 * width).update(from: table.block(block), count: 3 * width)
      var row = rows.lowerBound
      while row < rows.upperBound {
        let height = min(Self.height, rows.upperBound - row)
        let offset = row * lanes + lane
        sumBlock(
          input + offset, outputGradient + offset, pitch: lanes, height: height, count, work, rectifies: rectifies)
        add(work, count, gradient, product)
        row += height
      }
      let rest = min(elements - (self.rows * lanes + lane), count)
      if segment == segments - 1 && rest > 0 {
        let offset = self.rows * lanes + lane
        sumBlock(input + offset, outputGradient + offset, pitch: lanes, height: 1, rest, work, rectifies: rectifies)
        add(work, rest, gradient, product)
      }
    }
  }

  /// The sums of an image's channels from those of its segments' lanes.
  @inline(__always)
  func mergeSums(_ sums: UnsafePointer<Double>, into channelSums: UnsafeMutablePointer<Double>) {
    channelSums.update(repeating: 0, count: channels)
    for part in 0..<segments * fold {
      let sum = sums + part * channels
      for c in 0..<channels { channelSums[c] += sum[c] }
    }
  }
}

/// Plane 0 of `work` becomes the sum of g in each lane, plane 1 that of g (x - mean).
@inline(__always)
private func sumBlock<Scalar: TensorScalar>(
  _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, pitch: Int, height: Int, _ count: Int,
  _ work: UnsafeMutablePointer<Scalar>, rectifies: Bool
) {
  let width = PixelLanes.width
  work.update(repeating: 0, count: 2 &* width)
  var row = 0
  if rectifies {
    let relu = ReluFormula<Scalar>()
    while row &+ 2 <= height {
      let (a, b) = (x + row &* pitch, dy + row &* pitch)
      let (c, d) = (a + pitch, b + pitch)
      for i in 0..<count {
        let (mean, factor, shift) = (work[i &+ 2 &* width], work[i &+ 3 &* width], work[i &+ 4 &* width])
        let (p, q) = (a[i] - mean, c[i] - mean)
        let g = b[i] * relu.derivative(input: shift.addingProduct(p, factor))
        let h = d[i] * relu.derivative(input: shift.addingProduct(q, factor))
        work[i] += g + h
        work[i &+ width] = work[i &+ width].addingProduct(g, p).addingProduct(h, q)
      }
      row = row &+ 2
    }
    while row < height {
      let (a, b) = (x + row &* pitch, dy + row &* pitch)
      for i in 0..<count {
        let p = a[i] - work[i &+ 2 &* width]
        let z = work[i &+ 4 &* width].addingProduct(p, work[i &+ 3 &* width])
        let g = b[i] * relu.derivative(input: z)
        work[i] += g
        work[i &+ width] = work[i &+ width].addingProduct(g, p)
      }
      row = row &+ 1
    }
  } else {
    while row &+ 2 <= height {
      let (a, b) = (x + row &* pitch, dy + row &* pitch)
      let (c, d) = (a + pitch, b + pitch)
      for i in 0..<count {
        let mean = work[i &+ 2 &* width]
        work[i] += b[i] + d[i]
        work[i &+ width] = work[i &+ width].addingProduct(b[i], a[i] - mean).addingProduct(d[i], c[i] - mean)
      }
      row = row &+ 2
    }
    while row < height {
      let (a, b) = (x + row &* pitch, dy + row &* pitch)
      for i in 0..<count {
        work[i] += b[i]
        work[i &+ width] = work[i &+ width].addingProduct(b[i], a[i] - work[i &+ 2 &* width])
      }
      row = row &+ 1
    }
  }
}

@inline(__always)
private func add<Scalar: TensorScalar>(
  _ work: UnsafePointer<Scalar>, _ count: Int, _ gradient: UnsafeMutablePointer<Double>,
  _ product: UnsafeMutablePointer<Double>
) {
  for i in 0..<count {
    gradient[i] += Double(work[i])
    product[i] += Double(work[i &+ PixelLanes.width])
  }
}
