extension BorderPadding: UnaryOperator {
  /// The padded maps.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - output: Is overwritten: ``outputShape``.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count` of the output).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try pad(input, "padding input", into: &output, "padding output", context)
  }

  /// The gradient of the input: for each element the sum over all output places that copied it.
  ///
  /// ```
  /// inputGradient[n, h(p), w(q), c] += outputGradient[n, p, q, c]
  /// ```
  ///
  /// - Parameters:
  ///   - outputGradient: ``outputShape``.
  ///   - inputGradient: Is overwritten: `[N, H, W, C]`.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count` of the output). Sums of several places are in double precision.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try gather(
      outputGradient, "padding output gradient", into: &inputGradient, "padding input gradient", context)
  }

  private var channels: Int { inputShape[3] }

  /// Pads: what ``Cropping`` is the gradient of. The names are for messages.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  func pad<Scalar: TensorScalar>(
    _ maps: Tensor<Scalar>, _ name: String, into padded: inout Tensor<Scalar>, _ paddedName: String,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(maps) {} }
    let (input, output) = try padded.outputBase(outputShape, paddedName, from: maps, inputShape, name)
    let (height, width, channels) = (outputShape[1], outputShape[2], channels)
    let inner = horizontal.low..<horizontal.low + horizontal.input
    let value: Scalar? = if case .constant(let value) = border { Scalar(value) } else { nil }
    let pieces = RowPieces(rows: outputShape[0] * height, length: width * channels)
    context.forEach(pieces.tasks) { task, _ in
      let columns = pieces.pixels(of: task, channels: channels)
      for row in pieces.rows(of: task) {
        let (image, p) = row.quotientAndRemainder(dividingBy: height)
        let target = output + row &* width &* channels
        guard let h = vertical.source(of: p) else {
          (target + columns.lowerBound &* channels).update(repeating: value ?? 0, count: columns.count &* channels)
          continue
        }
        let source = input + (image &* vertical.input &+ h) &* horizontal.input &* channels
        let own = columns.clamped(to: inner)
        fill(columns.clamped(to: 0..<inner.lowerBound), with: value, orFrom: source, into: target)
        (target + own.lowerBound &* channels).update(
          from: source + (own.lowerBound &- inner.lowerBound) &* channels, count: own.count &* channels)
        fill(columns.clamped(to: inner.upperBound..<width), with: value, orFrom: source, into: target)
      }
    }
  }

  /// Writes the pixels of some columns beside the input's own: the border's value, or those that it takes from the row.
  @inline(__always)
  private func fill<Scalar: TensorScalar>(
    _ columns: Range<Int>, with value: Scalar?, orFrom row: UnsafePointer<Scalar>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    if let value {
      (target + columns.lowerBound &* channels).update(repeating: value, count: columns.count &* channels)
      return
    }
    for q in columns {
      guard let column = horizontal.source(of: q) else { continue }
      (target + q &* channels).update(from: row + column &* channels, count: channels)
    }
  }

  /// Sums up what the places of padded maps gave to each element. The names are for messages.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  func gather<Scalar: TensorScalar>(
    _ padded: Tensor<Scalar>, _ name: String, into maps: inout Tensor<Scalar>, _ mapsName: String,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(padded) {} }
    let (outputGradient, inputGradient) = try maps.outputBase(inputShape, mapsName, from: padded, outputShape, name)
    let (height, width, channels) = (vertical.input, horizontal.input, channels)
    let (middle, middleRows) = (horizontal.middle, vertical.middle)
    let rowLength = outputShape[2] * channels
    let imageLength = outputShape[1] * rowLength
    let pieces = RowPieces(rows: inputShape[0] * height, length: width * channels)
    context.forEach(pieces.tasks) { task, _ in
      let columns = pieces.pixels(of: task, channels: channels)
      let own = columns.clamped(to: middle)
      for row in pieces.rows(of: task) {
        let (image, h) = row.quotientAndRemainder(dividingBy: height)
        let source = outputGradient + image &* imageLength
        let target = inputGradient + row &* width &* channels
        // Of one place each.
        if own == columns && middleRows.contains(h) {
          let place = (vertical.low &+ h) &* rowLength &+ (horizontal.low &+ own.lowerBound) &* channels
          (target + own.lowerBound &* channels).update(from: source + place, count: own.count &* channels)
          continue
        }
        let sums = PlaceSums(source: source, rowLength: rowLength, channels: channels, rows: vertical.takers(of: h))
        for w in columns.clamped(to: 0..<middle.lowerBound) {
          sums.write(columns: horizontal.takers(of: w), count: channels, to: target + w &* channels)
        }
        sums.write(
          columns: BorderAxis.Takers(own: horizontal.low &+ own.lowerBound), count: own.count &* channels,
          to: target + own.lowerBound &* channels)
        for w in columns.clamped(to: middle.upperBound..<width) {
          sums.write(columns: horizontal.takers(of: w), count: channels, to: target + w &* channels)
        }
      }
    }
  }
}

extension RowPieces {
  /// The pixels of each row that begin in a task's elements.
  @inline(__always)
  fileprivate func pixels(of task: Int, channels: Int) -> Range<Int> {
    let elements = elements(of: task)
    return ceilingDivision(elements.lowerBound, channels)..<ceilingDivision(elements.upperBound, channels)
  }
}

/// The sums, over some output rows of an image, of the gradients of an input row's copies.
private struct PlaceSums<Scalar: TensorScalar> {
  let source: UnsafePointer<Scalar>
  let rowLength, channels: Int
  let rows: BorderAxis.Takers

  /// The elements that are summed up at once.
  private static var blockLength: Int { 256 }

  /// Writes the sums over some columns too, for `count` elements from these columns' pixels on.
  @inline(__always)
  func write(columns: BorderAxis.Takers, count: Int, to target: UnsafeMutablePointer<Scalar>) {
    if rows.count == 1 && columns.count == 1 {
      target.update(from: source + (rows.own &* rowLength &+ columns.own &* channels), count: count)
    } else {
      sum(columns, count, to: target)
    }
  }

  private func sum(_ columns: BorderAxis.Takers, _ count: Int, to target: UnsafeMutablePointer<Scalar>) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.blockLength) { block in
      guard let sums = block.baseAddress else { return }
      var first = 0
      while first < count {
        let length = min(Self.blockLength, count &- first)
        sums.update(repeating: 0, count: length)
        rows.forEach { p in
          columns.forEach { q in
            let place = source + (p &* rowLength &+ q &* channels &+ first)
            for i in 0..<length { sums[i] += Double(place[i]) }
          }
        }
        for i in 0..<length { target[first &+ i] = Scalar(sums[i]) }
        first &+= length
      }
    }
  }
}
