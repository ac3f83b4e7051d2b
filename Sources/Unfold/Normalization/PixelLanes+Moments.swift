/// Mean and sum of squared deviations of every channel, in one pass over memory.
///
/// A block of 32 rows is read twice, the second time from the first-level cache: its means, then the squares of the
/// deviations from them. So no digits cancel in a difference of large sums, however large the mean is. Blocks are
/// merged in double precision by the formula of Chan, Golub and LeVeque (1979), slices by the same formula for many
/// sets at once. Numbers whose squares leave the range of `Scalar` are summed a second time, in double precision.
extension PixelLanes {
  /// Sums one task: the blocks of a span in the rows of a slice.
  ///
  /// - Parameters:
  ///   - image: `[pixels, channels]`.
  ///   - means: `[slices, lanes]`, of which the task writes its own lanes.
  ///   - squares: Likewise, the sums of squared deviations from the means.
  ///   - work: Two planes.
  @inline(__always)
  func sumMoments<Scalar: TensorScalar>(
    task: Int, image: UnsafePointer<Scalar>, means: UnsafeMutablePointer<Double>,
    squares: UnsafeMutablePointer<Double>, work: UnsafeMutablePointer<Scalar>
  ) {
    let (slice, span) = task.quotientAndRemainder(dividingBy: spans)
    let rows = rows(of: slice)
    for block in blocks(of: span) {
      let lane = block * Self.width
      let count = count(of: block)
      let mean = means + (slice * lanes + lane)
      let square = squares + (slice * lanes + lane)
      var row = rows.lowerBound
      while row < rows.upperBound {
        let height = min(Self.height, rows.upperBound - row)
        let source = image + (row * lanes + lane)
        momentsOfBlock(source, pitch: lanes, height: height, count, work)
        let before = row - rows.lowerBound
        if before == 0 {
          for i in 0..<count {
            mean[i] = Double(source[i]) + Double(work[i])
            square[i] = Double(work[i &+ Self.width])
          }
        } else {
          let weight = Double(height) / Double(before + height)
          merge(source, work, weight: weight, cross: Double(before) * weight, count, mean, square)
        }
        row += height
      }
    }
  }

  /// As ``sumMoments(task:image:means:squares:work:)``, number by number in double precision: Welford's recurrence
  /// (1962).
  @inline(__always)
  func sumMomentsInDouble<Scalar: TensorScalar>(
    task: Int, image: UnsafePointer<Scalar>, means: UnsafeMutablePointer<Double>,
    squares: UnsafeMutablePointer<Double>
  ) {
    let (slice, span) = task.quotientAndRemainder(dividingBy: spans)
    let rows = rows(of: slice)
    for block in blocks(of: span) {
      let lane = block * Self.width
      let count = count(of: block)
      let mean = means + (slice * lanes + lane)
      let square = squares + (slice * lanes + lane)
      mean.update(repeating: 0, count: count)
      square.update(repeating: 0, count: count)
      for row in rows {
        let source = image + (row * lanes + lane)
        let weight = 1 / Double(row - rows.lowerBound + 1)
        for i in 0..<count {
          let value = Double(source[i])
          let delta = value - mean[i]
          mean[i] = mean[i].addingProduct(delta, weight)
          square[i] = square[i].addingProduct(delta, value - mean[i])
        }
      }
    }
  }

  /// Whether the sums of all channels are correct: false where they left the range of `Scalar` on the way.
  @inline(__always)
  func areReliable(channelSquares: UnsafePointer<Double>, epsilon: Double) -> Bool {
    let range = SquareRange(count: Double(pixels), epsilon: epsilon)
    // Without an early exit, so that the loop is vectorised.
    var outside = 0
    for c in 0..<channels { outside |= range.contains(channelSquares[c]) ? 0 : 1 }
    return outside == 0
  }

  /// The moments of an image's channels from those of its slices' lanes and from the rest.
  @inline(__always)
  func mergeMoments<Scalar: TensorScalar>(
    image: UnsafePointer<Scalar>, means: UnsafePointer<Double>, squares: UnsafePointer<Double>,
    channelMeans: UnsafeMutablePointer<Double>, channelSquares: UnsafeMutablePointer<Double>
  ) {
    channelMeans.update(repeating: 0, count: channels)
    channelSquares.update(repeating: 0, count: channels)
    // Distances from one slice's mean: weights whose sum differs from 1 by a rounding error would change the mean of a
    // constant channel.
    let hasRows = rows > 0
    for slice in 0..<slices where !rows(of: slice).isEmpty {
      let weight = Double(rows(of: slice).count) / Double(pixels)
      for pixel in 0..<fold {
        let mean = means + (slice * lanes + pixel * channels)
        for c in 0..<channels { channelMeans[c] = channelMeans[c].addingProduct(weight, mean[c] - means[c]) }
      }
    }
    for pixel in firstOfRest..<pixels {
      let values = image + pixel * channels
      for c in 0..<channels {
        let distance = Double(values[c]) - (hasRows ? means[c] : Double(image[c]))
        channelMeans[c] = channelMeans[c].addingProduct(1 / Double(pixels), distance)
      }
    }
    for c in 0..<channels { channelMeans[c] += hasRows ? means[c] : Double(image[c]) }
    for slice in 0..<slices where !rows(of: slice).isEmpty {
      let height = Double(rows(of: slice).count)
      for pixel in 0..<fold {
        let mean = means + (slice * lanes + pixel * channels)
        let square = squares + (slice * lanes + pixel * channels)
        for c in 0..<channels {
          let deviation = mean[c] - channelMeans[c]
          channelSquares[c] += square[c].addingProduct(height * deviation, deviation)
        }
      }
    }
    for pixel in firstOfRest..<pixels {
      let values = image + pixel * channels
      for c in 0..<channels {
        let deviation = Double(values[c]) - channelMeans[c]
        channelSquares[c] = channelSquares[c].addingProduct(deviation, deviation)
      }
    }
  }
}

/// Plane 0 of `work` becomes the mean of each lane less its first element, plane 1 the sum of its squared deviations.
///
/// Distances from the first row are summed: sums of numbers far from 0 would lose their low digits.
@inline(__always)
private func momentsOfBlock<Scalar: TensorScalar>(
  _ source: UnsafePointer<Scalar>, pitch: Int, height: Int, _ count: Int, _ work: UnsafeMutablePointer<Scalar>
) {
  let width = PixelLanes.width
  work.update(repeating: 0, count: 2 &* width)
  var row = 0
  while row &+ 4 <= height {
    let a = source + row &* pitch
    let (b, c, d) = (a + pitch, a + 2 &* pitch, a + 3 &* pitch)
    for i in 0..<count {
      let shift = source[i]
      work[i] += ((a[i] - shift) + (b[i] - shift)) + ((c[i] - shift) + (d[i] - shift))
    }
    row = row &+ 4
  }
  while row < height {
    let a = source + row &* pitch
    for i in 0..<count { work[i] += a[i] - source[i] }
    row = row &+ 1
  }
  let share = 1 / Scalar(height)
  for i in 0..<count { work[i] *= share }
  row = 0
  while row &+ 4 <= height {
    let a = source + row &* pitch
    let (b, c, d) = (a + pitch, a + 2 &* pitch, a + 3 &* pitch)
    for i in 0..<count {
      let (shift, mean) = (source[i], work[i])
      let (p, q) = ((a[i] - shift) - mean, (b[i] - shift) - mean)
      let (r, s) = ((c[i] - shift) - mean, (d[i] - shift) - mean)
      work[i &+ width] += (p * p).addingProduct(q, q) + (r * r).addingProduct(s, s)
    }
    row = row &+ 4
  }
  while row < height {
    let a = source + row &* pitch
    for i in 0..<count {
      let p = (a[i] - source[i]) - work[i]
      work[i &+ width] = work[i &+ width].addingProduct(p, p)
    }
    row = row &+ 1
  }
}

/// Merges the moments of a block into those of the rows before it.
///
/// ```
/// mean += delta weight          with delta = the block's mean - mean, weight = rows of the block / all rows,
/// squares += the block's squares + delta² cross          cross = rows before * weight
/// ```
@inline(__always)
private func merge<Scalar: TensorScalar>(
  _ source: UnsafePointer<Scalar>, _ work: UnsafePointer<Scalar>, weight: Double, cross: Double, _ count: Int,
  _ mean: UnsafeMutablePointer<Double>,
  _ square: UnsafeMutablePointer<Double>
) {
  for i in 0..<count {
    let delta = (Double(source[i]) + Double(work[i])) - mean[i]
    mean[i] = mean[i].addingProduct(delta, weight)
    square[i] += Double(work[i &+ PixelLanes.width]).addingProduct(delta * delta, cross)
  }
}
