/// The output pixels of a far dilation, region by region. A region is the pixels of all images at which the same taps
/// lie on the image: the micro-kernel takes several pixels at once, and can leave out a tap only for all of them.
///
/// ```
///    3x3 taps, dilation 12, padding 12, on 33 x 33 pixels
///
///                q < 12    12..<21    q >= 21
///    p < 12      2 x 2      2 x 3      2 x 2       taps on the image in each of nine regions:
///    12..<21     3 x 2      3 x 3      3 x 2       5625 of 9801 products are left
///    p >= 21     2 x 2      2 x 3      2 x 2
/// ```
extension Lowering {
  /// A range of the pixels of a region.
  struct RegionRange {
    let rows, columns: Range<Int>
    /// The numbers of the pixels within the region, image by image.
    let pixels: Range<Int>
    /// The first pixel's number within the block.
    let offset: Int

    /// Calls `body` for each range of the pixels that lies in one output row.
    @inline(__always)
    func forEachRange(_ body: (PixelRange) -> Void) {
      var pixel = pixels.lowerBound
      while pixel < pixels.upperBound {
        let (line, first) = pixel.quotientAndRemainder(dividingBy: columns.count)
        let (image, row) = line.quotientAndRemainder(dividingBy: rows.count)
        let count = min(columns.count - first, pixels.upperBound - pixel)
        let column = columns.lowerBound + first
        body(
          PixelRange(
            image: image, row: rows.lowerBound + row, columns: column..<column + count,
            offset: offset + pixel - pixels.lowerBound))
        pixel += count
      }
    }
  }

  /// Calls `body` for the range of each region that lies in `pixels`, which are numbered region by region.
  @inline(__always)
  func forEachRegion(in pixels: Range<Int>, _ body: (RegionRange) -> Void) {
    var (first, top) = (0, 0)
    while top < outputHeight {
      let rows = top..<rowsEnd(after: top)
      var left = 0
      while left < outputWidth {
        let columns = left..<columnsEnd(after: left)
        let count = batch * rows.count * columns.count
        let range = (first..<first + count).clamped(to: pixels)
        if !range.isEmpty {
          body(
            RegionRange(
              rows: rows, columns: columns, pixels: range.lowerBound - first..<range.upperBound - first,
              offset: range.lowerBound - pixels.lowerBound))
        }
        first += count
        left = columns.upperBound
      }
      top = rows.upperBound
    }
  }

  /// Calls `body` for each range of `pixels` that lies in one output row.
  @inline(__always)
  func forEachRange(in pixels: Range<Int>, byRegion: Bool, _ body: (PixelRange) -> Void) {
    if byRegion {
      forEachRegion(in: pixels) { $0.forEachRange(body) }
    } else {
      forEachRange(in: pixels, body)
    }
  }

  /// Whether the pixels are taken region by region: where taps lie beside the image for many neighbouring pixels.
  var takesRegions: Bool { skipsColumns }

  /// Calls `body` for the rows of the right-hand matrix among `rows` that any pixel reads: a filter's taps that lie in the
  /// padding everywhere need not be packed.
  @inline(__always)
  func forEachRead(_ rows: Range<Int>, _ body: (Range<Int>) -> Void) {
    guard takesRegions else { return body(rows) }
    for tap in rows.lowerBound / segmentLength..<ceilingDivision(rows.upperBound, segmentLength) where isRead(tap) {
      body((tap * segmentLength..<(tap + 1) * segmentLength).clamped(to: rows))
    }
  }

  /// Whether a tap lies on the image at any pixel.
  private func isRead(_ tap: Int) -> Bool {
    let (r, s) = tap.quotientAndRemainder(dividingBy: window.width)
    return !outputRows(meeting: r).isEmpty && !outputColumns(meeting: s).isEmpty
  }

  /// The output row, or column, at which the regions end that begin at `first`.
  private func rowsEnd(after first: Int) -> Int {
    (0..<window.height).reduce(outputHeight) { nextBound(of: outputRows(meeting: $1), after: first, before: $0) }
  }
  private func columnsEnd(after first: Int) -> Int {
    (0..<window.width).reduce(outputWidth) { nextBound(of: outputColumns(meeting: $1), after: first, before: $0) }
  }

  private func nextBound(of range: Range<Int>, after first: Int, before end: Int) -> Int {
    if range.lowerBound > first { return min(range.lowerBound, end) }
    return range.upperBound > first ? min(range.upperBound, end) : end
  }
}
