/// Filter rows that lie in the padding above or below the image, and of far dilations filter columns beside it: their products
/// are zero and are skipped.
///
/// ```
///              r = 0  1  2      three taps over seven rows, padding 1:
///    p = 0         -  x  x      2 of 21 filter rows lie in the padding, two of five taps more than a sixth
///    p = 1..5      x  x  x
///    p = 6         x  x  -
/// ```
extension Lowering {
  /// The filter rows that lie on the image at output row `p`.
  @inline(__always)
  func insideRows(at p: Int) -> Range<Int> {
    indices(of: window.height, from: p * stride.height + originHeight, step: dilation.height, within: height)
  }

  /// The output rows at which filter row `r` lies on the image.
  @inline(__always)
  func outputRows(meeting r: Int) -> Range<Int> {
    indices(of: outputHeight, from: originHeight + r * dilation.height, step: stride.height, within: height)
  }

  /// The pairs of a filter row and an output row that lie on the image, of `window.height * outputHeight`; and of columns.
  var rowsOnImage: Int { (0..<window.height).reduce(0) { $0 + outputRows(meeting: $1).count } }
  var columnsOnImage: Int { (0..<window.width).reduce(0) { $0 + outputColumns(meeting: $1).count } }

  /// Whether so many filter rows lie in the padding that blocks of pixels end where a row of outputs ends. Such blocks
  /// are shorter, but each takes only the filter rows on the image.
  var skipsPadding: Bool {
    // With few pixels a row the blocks would be too short, which costs more than it saves.
    guard outputWidth >= 4, window.height > 1 else { return false }
    return Double(rowsOnImage) < 0.97 * Double(window.height * outputHeight)
  }

  /// The output columns at which filter column `s` lies on the image.
  @inline(__always)
  func outputColumns(meeting s: Int) -> Range<Int> {
    indices(of: outputWidth, from: originWidth + s * dilation.width, step: stride.width, within: width)
  }

  /// Whether taps lie beside the image for many neighbouring pixels, about as many as a micro-kernel takes at once.
  var skipsColumns: Bool {
    guard !copiesRows, dilation.width >= (outputWidth >= 16 ? 4 : 8) else { return false }
    return Double(columnsOnImage) < 0.9 * Double(window.width * outputWidth)
  }

  /// The pixels of a row from which on a range by itself costs less than the products with the padding beside it.
  private static var fewestColumns: Int { 16 }

  /// The segments of filter rows.
  @inline(__always)
  func segments(of rows: Range<Int>) -> Range<Int> {
    copiesRows ? rows : rows.lowerBound * window.width..<rows.upperBound * window.width
  }

  /// Calls `body` with the pixels of a tile, counted from its first, at which the filter row of `segment` lies on the
  /// image, in as few ranges as possible.
  @inline(__always)
  func forEachInside(_ tile: Range<Int>, segment: Int, _ body: (Range<Int>) -> Void) {
    let rows = outputRows(meeting: copiesRows ? segment : segment / window.width)
    if rows.isEmpty { return }
    let imagePixels = outputHeight * outputWidth
    // Many short ranges would cost more than they save.
    if imagePixels < 128 { return body(0..<tile.count) }
    if skipsColumns, case let columns = outputColumns(meeting: segment % window.width),
      columns.isEmpty || columns.count >= Self.fewestColumns
    {
      if columns.isEmpty { return }
      return forEachRange(in: tile) { range in
        let inside = columns.clamped(to: range.columns)
        if !rows.contains(range.row) || inside.isEmpty { return }
        let first = range.offset + inside.lowerBound - range.columns.lowerBound
        body(first..<first + inside.count)
      }
    }
    if rows.count == outputHeight { return body(0..<tile.count) }
    var image = tile.lowerBound / imagePixels
    while image * imagePixels < tile.upperBound {
      let first = max(tile.lowerBound, image * imagePixels + rows.lowerBound * outputWidth)
      let end = min(tile.upperBound, image * imagePixels + rows.upperBound * outputWidth)
      if first < end { body(first - tile.lowerBound..<end - tile.lowerBound) }
      image += 1
    }
  }
}
