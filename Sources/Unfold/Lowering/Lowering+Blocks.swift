extension Lowering {
  /// A range of pixels in one output row: its place in the column matrix and in the output.
  struct PixelRange {
    let image, row: Int
    let columns: Range<Int>
    /// The first pixel's number within the block.
    let offset: Int
  }

  /// Calls `body` for each range of `pixels` that lies in one output row.
  @inline(__always)
  func forEachRange(in pixels: Range<Int>, _ body: (PixelRange) -> Void) {
    var pixel = pixels.lowerBound
    while pixel < pixels.upperBound {
      let line = pixel / outputWidth
      let first = pixel - line * outputWidth
      let count = min(outputWidth - first, pixels.upperBound - pixel)
      body(
        PixelRange(
          image: line / outputHeight, row: line % outputHeight, columns: first..<first + count,
          offset: pixel - pixels.lowerBound))
      pixel += count
    }
  }

  /// Calls `body(row, tapColumn, channels, column)` for each stretch of `columns` that is copied at once: the source
  /// row's tap r, the tap s at which the stretch begins, the range of floats counted from that tap's first channel, and
  /// the column where it starts within the block.
  @inline(__always)
  func forEachStretch(
    in columns: Range<Int>,
    _ body: (_ row: Int, _ tap: Int, _ elements: Range<Int>, _ column: Int) -> Void
  ) {
    let length = rowsAreContiguous ? window.width * channelCount : channelCount
    var column = columns.lowerBound
    while column < columns.upperBound {
      let stretch = column / length
      let first = column - stretch * length
      let count = min(length - first, columns.upperBound - column)
      let row = rowsAreContiguous ? stretch : stretch / window.width
      let tap = rowsAreContiguous ? 0 : stretch % window.width
      body(row, tap, first..<first + count, column - columns.lowerBound)
      column += count
    }
  }

  /// The pixels q of `range` at which elements `elements` of tap `tap` lie inside the source row entirely; those before
  /// and after it are clipped.
  @inline(__always)
  func inside(_ range: PixelRange, tap: Int, elements: Range<Int>) -> Range<Int> {
    // The stretch covers source columns x + first ... x + last, where x = q * stride + offset.
    let offset = originWidth + tap * dilation.width
    let first = elements.lowerBound / channelCount
    let last = (elements.upperBound - 1) / channelCount
    let low = ceilingDivision(-offset - first, stride.width)
    let high = ceilingDivision(width - offset - last, stride.width)
    let start = min(max(low, range.columns.lowerBound), range.columns.upperBound)
    return start..<max(start, min(high, range.columns.upperBound))
  }
}

/// The indices of `count` equally spaced positions, `first`, `first + step` and so on, that lie in `0..<extent`.
@inline(__always)
func indices(of count: Int, from first: Int, step: Int, within extent: Int) -> Range<Int> {
  let low = min(max(ceilingDivision(-first, step), 0), count)
  return low..<max(low, min(ceilingDivision(extent - first, step), count))
}

/// The quotient rounded towards plus infinity, for a positive divisor.
@inline(__always)
func ceilingDivision(_ dividend: Int, _ divisor: Int) -> Int {
  // Most strides and dilations are 1, and a division takes as long as the other work of a small pass.
  if divisor == 1 { return dividend }
  return dividend > 0 ? (dividend + divisor - 1) / divisor : -(-dividend / divisor)
}
