extension Lowering {
  /// Adds rows `pixels` and columns `columns` of a column matrix back to the pixels that they came from (col2im), the
  /// transpose of ``unfold(_:pixels:columns:into:)``: where windows overlap the contributions accumulate, what lies in the
  /// padding is dropped, and what lies outside the source rows `rows` too. The target may be in double precision.
  ///
  /// - Parameter rowLength: The distance of two rows of the block, at least the number of columns.
  @inline(__always)
  func fold<Scalar: TensorScalar, Sum: TensorScalar>(
    _ block: UnsafePointer<Scalar>, stride rowLength: Int, pixels: Range<Int>, columns: Range<Int>, rows: Range<Int>,
    adding target: UnsafeMutablePointer<Sum>
  ) {
    forEachRange(in: pixels) { range in
      let image = target + range.image * height * width * channels + channelOffset
      forEachStretch(in: columns) { row, tap, elements, column in
        let y = range.row * stride.height + originHeight + row * dilation.height
        guard rows.contains(y) else { return }
        let line = image + y * width * channels
        let end = (width - 1) * channels + channelCount
        var source = block + range.offset * rowLength + column
        for q in range.columns {
          let offset = (q * stride.width + originWidth + tap * dilation.width) * channels + elements.lowerBound
          let low = min(max(-offset, 0), elements.count)
          let high = max(low, min(end - offset, elements.count))
          for i in low..<high { line[offset + i] += Sum(source[i]) }
          source += rowLength
        }
      }
    }
  }
}
