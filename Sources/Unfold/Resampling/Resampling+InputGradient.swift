/// Resampling, backward.
extension Resampling {
  /// The gradient of the input: each output gradient is added to the pixels that its output was made of, with the same
  /// weights. The gradient of dropping rows inserts zeros, and the gradient of inserting zeros drops rows.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, C]`.
  ///   - inputGradient: Is overwritten: `[N, H, W, C]`.
  ///   - context: The threads and the scratch memory.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N (H W + P Q) C); scratch memory of O(Q), and O(Q C) a thread where it interpolates; for more than
  ///   128 output pixels of an input pixel O(C) more, or O(Q C) where they are in as many rows and it interpolates.
  ///
  /// Source: the lecture's "* with resampling" and "Derivatives through a convolutional layer" with stride, where the
  /// derivative maps are upsampled.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(outputGradient) {} }
    let (source, target) = try inputGradient.outputBase(
      inputShape, "resampling input gradient", from: outputGradient, outputShape, "resampling output gradient")
    let rowElements = vertical.interpolates ? horizontal.output * channels : 0
    try withColumns(context, rowElements: rowElements, totals: totalElements) {
      columns, rows throws(UnfoldError) in gather(source, columns, rows, into: target, context)
    }
  }

  /// The totals of a thread, where pixels are copied or mixed so often that their sums go through double precision; see
  /// ``BlockSum``.
  private var totalElements: Int {
    let (rows, columns) = (vertical.mostPositions, horizontal.mostPositions)
    if !vertical.interpolates { return rows * columns > BlockSum.terms ? channels : 0 }
    return rows > BlockSum.terms ? horizontal.output * channels : columns > BlockSum.terms ? channels : 0
  }

  private func gather<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ columns: UnsafePointer<ResampledColumn<Scalar>>,
    _ rowMemory: RowMemory<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let bands = inputBands
    context.forEach(bands.tasks) { task, worker in
      let block = bands.channels(of: task)
      for row in bands.rows(of: task) {
        let (image, h) = row.quotientAndRemainder(dividingBy: vertical.input)
        let target = inputGradient + (row &* horizontal.input &* channels &+ block.lowerBound)
        let positions = vertical.positions(with: h)
        let outputRow = (image &* vertical.output &+ positions.lowerBound) &* horizontal.output &* channels
        var source = outputGradient + (outputRow &+ block.lowerBound)
        let totals = rowMemory.totals(of: worker)
        guard vertical.interpolates else {
          sumCopies(source, rows: positions.count, columns, totals, into: target, block.count)
          continue
        }
        // Along the columns first, for a whole row of the output at once.
        let between = rowMemory.row(of: worker)
        let elements = horizontal.output &* block.count
        var (p, hasTotals) = (positions.lowerBound, false)
        while p < positions.upperBound {
          let done = p &- positions.lowerBound
          let isFirst = done % BlockSum.terms == 0
          if isFirst, done > 0 {
            addBlock(between, to: totals, isFirst: !hasTotals, elements)
            hasTotals = true
          }
          // Four rows at once, if there are enough: the sums are written once for them.
          if positions.upperBound - p >= 4 {
            let weights = SIMD4<Scalar>(
              weight(of: h, at: p), weight(of: h, at: p &+ 1), weight(of: h, at: p &+ 2), weight(of: h, at: p &+ 3))
            forEachRun(pixels: horizontal.output, block.count) { run, place, length in
              addFour(
                source + run, apart: horizontal.output &* channels, times: weights, to: between + place, isFirst, length
              )
            }
            source += 4 &* horizontal.output &* channels
            p += 4
          } else {
            let weight: Scalar = weight(of: h, at: p)
            forEachRun(pixels: horizontal.output, block.count) { run, place, length in
              add(source + run, times: weight, to: between + place, isFirst, length)
            }
            source += horizontal.output &* channels
            p += 1
          }
        }
        if hasTotals { finishBlocks(between, totals, elements) }
        clear(target, pixels: horizontal.input, channels: channels, block.count)
        if positions.isEmpty { continue }
        if horizontal.mostPositions <= BlockSum.terms {
          shareOut(between, columns, to: target, block.count)
        } else {
          gatherMany(between, columns, totals, to: target, block.count)
        }
      }
    }
  }

  /// The weight of row `h` of the input in row `p` of the output.
  @inline(__always)
  private func weight<Scalar: TensorScalar>(of h: Int, at p: Int) -> Scalar {
    let rows = vertical.sample(at: p)
    return Scalar((rows.low == h ? 1 - rows.fraction : 0) + (rows.high == h ? rows.fraction : 0))
  }

  /// Adds four rows, each times its weight, or writes them if they are the first.
  @inline(__always)
  private func addFour<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, apart: Int, times weights: SIMD4<Scalar>, to target: UnsafeMutablePointer<Scalar>,
    _ isFirst: Bool, _ count: Int
  ) {
    let (a, b, c, d) = (source, source + apart, source + 2 &* apart, source + 3 &* apart)
    let (weightA, weightB, weightC, weightD) = (weights[0], weights[1], weights[2], weights[3])
    @inline(__always) func sum(_ i: Int) -> Scalar {
      (weightA * a[i]).addingProduct(weightB, b[i]).addingProduct(weightC, c[i]).addingProduct(weightD, d[i])
    }
    if isFirst {
      for i in 0..<count { target[i] = sum(i) }
    } else {
      for i in 0..<count { target[i] += sum(i) }
    }
  }

  /// Adds a row times its weight, or writes it if it is the first.
  @inline(__always)
  private func add<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, times weight: Scalar, to target: UnsafeMutablePointer<Scalar>, _ isFirst: Bool,
    _ count: Int
  ) {
    if isFirst {
      for i in 0..<count { target[i] = weight * source[i] }
    } else {
      for i in 0..<count { target[i] = target[i].addingProduct(weight, source[i]) }
    }
  }

  /// Writes a row of the input's gradient, each pixel the sum of the output gradients that are its copies: neighbours,
  /// in `rows` rows from `source` on. The copies are read one after another, each from end to end: the pixel itself
  /// stays in the cache, and the hardware prefetches what is read in order.
  @inline(__always)
  private func sumCopies<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, rows: Int, _ columns: UnsafePointer<ResampledColumn<Scalar>>,
    _ totals: UnsafeMutablePointer<Double>, into target: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    var end = 0
    let isFar = batch * vertical.output * horizontal.output * channels >= PixelRectangles.farElements
    for w in 0..<horizontal.input {
      // Columns of zeros, which upsampling inserts, name no pixel.
      while end < horizontal.output, columns[end].low < w { end &+= 1 }
      let first = end
      while end < horizontal.output, columns[end].low == w { end &+= 1 }
      let pixel = target + w &* channels
      if rows == 0 || first == end { pixel.update(repeating: 0, count: count) }
      if rows &* (end &- first) > BlockSum.terms {
        sumMany(source, rows: rows, first..<end, totals, into: pixel, count)
        continue
      }
      for row in 0..<rows {
        for column in first..<end {
          let copy = source + (row &* horizontal.output &+ column) &* channels
          // The hardware does not prefetch beyond a page, and a pixel may be as long as one.
          if isFar { prefetchLines(of: copy + channels, count: count) }
          if row == 0, column == first {
            for c in 0..<count { pixel[c] = copy[c] }
          } else {
            for c in 0..<count { pixel[c] += copy[c] }
          }
        }
      }
    }
  }

  /// Writes the sum of the output gradients in `rows` rows of some columns, so many that it is made in double precision.
  /// Never inlined: it would take registers from the loop over few copies (5 to 10 % of its time).
  @inline(never)
  private func sumMany<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, rows: Int, _ columns: Range<Int>, _ totals: UnsafeMutablePointer<Double>,
    into pixel: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    pixel.update(repeating: 0, count: count)
    var (terms, hasTotals) = (0, false)
    for row in 0..<rows {
      for column in columns {
        let copy = source + (row &* horizontal.output &+ column) &* channels
        if terms == BlockSum.terms {
          addBlock(pixel, to: totals, isFirst: !hasTotals, count)
          pixel.update(repeating: 0, count: count)
          (terms, hasTotals) = (0, true)
        }
        for c in 0..<count { pixel[c] += copy[c] }
        terms = terms &+ 1
      }
    }
    finishBlocks(pixel, totals, count)
  }

  /// The same as `shareOut`, pixel by pixel of the input, for pixels with so many columns that their sums are made in
  /// double precision.
  private func gatherMany<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, _ columns: UnsafePointer<ResampledColumn<Scalar>>,
    _ totals: UnsafeMutablePointer<Double>, to target: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    for w in 0..<horizontal.input {
      let pixel = target + w &* channels
      var (terms, hasTotals) = (0, false)
      for q in horizontal.positions(with: w) {
        let column = columns[q]
        let gradient = source + (q &* count)
        let weight = (column.low == w ? 1 - column.fraction : 0) + (column.high == w ? column.fraction : 0)
        if terms == BlockSum.terms {
          addBlock(pixel, to: totals, isFirst: !hasTotals, count)
          pixel.update(repeating: 0, count: count)
          (terms, hasTotals) = (0, true)
        }
        for c in 0..<count { pixel[c] = pixel[c].addingProduct(weight, gradient[c]) }
        terms = terms &+ 1
      }
      if hasTotals { finishBlocks(pixel, totals, count) }
    }
  }

  /// Adds a row of output gradients, without channels of others between, to the pixels that it was interpolated from.
  @inline(__always)
  private func shareOut<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, _ columns: UnsafePointer<ResampledColumn<Scalar>>,
    to target: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    for q in 0..<horizontal.output {
      let column = columns[q]
      let gradient = source + (q &* count)
      let (left, right) = (1 - column.fraction, column.fraction)
      let (low, high) = (target + (column.low &* channels), target + (column.high &* channels))
      for c in 0..<count { low[c] = low[c].addingProduct(left, gradient[c]) }
      for c in 0..<count { high[c] = high[c].addingProduct(right, gradient[c]) }
    }
  }
}
