/// The two sums of every channel that determine the gradients, in one pass over memory.
///
/// ```
/// gradients[c] = sum over pixels of g          products[c] = sum over pixels of g (x - mean[c])
/// ```
///
/// g is the output gradient, times the derivative of the activation if one was applied. The output is not read for it: it is
/// computed again from x, with the same bits as in the forward pass. Sums of 32 rows are added up in `Scalar`, those of
/// the blocks in double precision.
extension PixelLanes {
  /// Sums one task: the blocks of a span in the rows of a slice, and the rest with the last slice.
  ///
  /// - Parameters:
  ///   - input: x, `[pixels, channels]`.
  ///   - outputGradient: `[pixels, channels]`.
  ///   - table: The planes of ``LanePlane``.
  ///   - activation: The activation that was applied, or `identity`.
  ///   - gradients: `[slices, lanes]`, of which the task writes its own lanes.
  ///   - products: Likewise.
  ///   - work: Five planes.
  @inline(__always)
  func sumGradients<Scalar: TensorScalar>(
    task: Int, input: UnsafePointer<Scalar>, outputGradient: UnsafePointer<Scalar>, table: LaneTable<Scalar>,
    activation: Activation, gradients: UnsafeMutablePointer<Double>, products: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Scalar>
  ) {
    let (slice, span) = task.quotientAndRemainder(dividingBy: spans)
    let rows = rows(of: slice)
    let width = Self.width
    for block in blocks(of: span) {
      let lane = block * width
      let count = count(of: block)
      let gradient = gradients + (slice * lanes + lane)
      let product = products + (slice * lanes + lane)
      gradient.update(repeating: 0, count: count)
      product.update(repeating: 0, count: count)
      // The planes that the loops read besides the images; they follow the two planes that the loops write.
      (work + 2 * width).update(from: table.block(block), count: 3 * width)
      var row = rows.lowerBound
      while row < rows.upperBound {
        let height = min(Self.height, rows.upperBound - row)
        let offset = row * lanes + lane
        sumBlock(
          input + offset, outputGradient + offset, pitch: lanes, height: height, count, work, activation)
        add(work, count, gradient, product)
        row += height
      }
      let rest = min(elements - (self.rows * lanes + lane), count)
      if slice == slices - 1 && rest > 0 {
        let offset = self.rows * lanes + lane
        sumBlock(input + offset, outputGradient + offset, pitch: lanes, height: 1, rest, work, activation)
        add(work, rest, gradient, product)
      }
    }
  }

  /// The sums of an image's channels from those of its slices' lanes.
  @inline(__always)
  func mergeSums(_ sums: UnsafePointer<Double>, into channelSums: UnsafeMutablePointer<Double>) {
    channelSums.update(repeating: 0, count: channels)
    for partial in 0..<slices * fold {
      let sum = sums + partial * channels
      for c in 0..<channels { channelSums[c] += sum[c] }
    }
  }
}

/// Plane 0 of `work` becomes the sum of g in each lane, plane 1 that of g (x - mean).
@inline(__always)
private func sumBlock<Scalar: TensorScalar>(
  _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, pitch: Int, height: Int, _ count: Int,
  _ work: UnsafeMutablePointer<Scalar>, _ activation: Activation
) {
  work.update(repeating: 0, count: 2 &* PixelLanes.width)
  switch activation {
  case .identity: sumPlainBlock(x, dy, pitch: pitch, height: height, count, work)
  case .relu: sumRectifiedBlock(x, dy, pitch: pitch, height: height, count, work)
  default: sumActivatedBlock(x, dy, pitch: pitch, height: height, count, work, activation)
  }
}

@inline(__always)
private func sumPlainBlock<Scalar: TensorScalar>(
  _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, pitch: Int, height: Int, _ count: Int,
  _ work: UnsafeMutablePointer<Scalar>
) {
  var row = 0
  while row &+ 2 <= height {
    let (a, b) = (x + row &* pitch, dy + row &* pitch)
    sumRows(a, b, a + pitch, b + pitch, count, work)
    row = row &+ 2
  }
  while row < height {
    sumRow(x + row &* pitch, dy + row &* pitch, count, work)
    row = row &+ 1
  }
}

@inline(__always)
private func sumRectifiedBlock<Scalar: TensorScalar>(
  _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, pitch: Int, height: Int, _ count: Int,
  _ work: UnsafeMutablePointer<Scalar>
) {
  let width = PixelLanes.width
  let relu = ReluFormula<Scalar>()
  var row = 0
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
}

/// Any other activation: each row's g in a buffer, then sums in the order of a plain block.
@inline(__always)
private func sumActivatedBlock<Scalar: TensorScalar>(
  _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, pitch: Int, height: Int, _ count: Int,
  _ work: UnsafeMutablePointer<Scalar>, _ activation: Activation
) {
  let width = PixelLanes.width
  withUnsafeTemporaryAllocation(of: Scalar.self, capacity: 3 &* width) { buffer in
    guard let g = buffer.baseAddress else { return }
    let (h, z) = (g + width, g + 2 &* width)
    var row = 0
    while row < height {
      let (a, b) = (x + row &* pitch, dy + row &* pitch)
      differentiateActivation(activation, b, a, work + 2 &* width, count, work: z, into: g)
      if row &+ 1 < height {
        differentiateActivation(activation, b + pitch, a + pitch, work + 2 &* width, count, work: z, into: h)
        sumRows(a, g, a + pitch, h, count, work)
      } else {
        sumRow(a, g, count, work)
      }
      row = row &+ 2
    }
  }
}

@inline(__always)
private func sumRows<Scalar: TensorScalar>(
  _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ c: UnsafePointer<Scalar>, _ d: UnsafePointer<Scalar>,
  _ count: Int, _ work: UnsafeMutablePointer<Scalar>
) {
  let width = PixelLanes.width
  for i in 0..<count {
    let mean = work[i &+ 2 &* width]
    work[i] += b[i] + d[i]
    work[i &+ width] = work[i &+ width].addingProduct(b[i], a[i] - mean).addingProduct(d[i], c[i] - mean)
  }
}

@inline(__always)
private func sumRow<Scalar: TensorScalar>(
  _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ count: Int, _ work: UnsafeMutablePointer<Scalar>
) {
  let width = PixelLanes.width
  for i in 0..<count {
    work[i] += b[i]
    work[i &+ width] = work[i &+ width].addingProduct(b[i], a[i] - work[i &+ 2 &* width])
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
