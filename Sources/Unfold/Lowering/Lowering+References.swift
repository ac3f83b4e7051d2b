/// The indirection buffer: lowering without making the column matrix, whose rows are given by addresses.
///
/// ```
///                segment 0  segment 1        segment R S - 1
///               +---------+---------+     +---------+
///    pixel m    |  ----> C channels of the source, or zeros where the tap lies in the padding
///    pixel m+1  |  ---->  |  ---->  | ... |  ---->  |
///               +---------+---------+     +---------+
/// ```
///
/// With few channels, one address for each tap would cost more than the elements that it leads to. Where the S taps of
/// a filter row lie side by side, the R source rows that a row of outputs needs are copied once with their padding, and
/// a segment is a filter row. Windows overlap in the copy as they do in the source: it has R C stride elements a pixel
/// instead of R S C.
///
/// ```
///    copy of a source row    0 0 x x x x x x ... x x 0 0
///                 pixel 0   +---------+ S C elements
///                 pixel 1      +---------+
/// ```
///
/// Source: Dukhan, "The Indirect Convolution Algorithm", 2019.
extension Lowering {
  /// The fewest channels that are read one tap at a time where there is a choice.
  private static let fewestChannels = 16

  /// Whether source rows are copied with their padding.
  var copiesRows: Bool {
    channelCount < Self.fewestChannels && channelCount == channels && window.width > 1 && dilation.width == 1
      && window.height > 0
  }

  /// The addresses of a row of the column matrix.
  var segments: Int { copiesRows ? window.height : window.height * window.width }

  /// The elements that an address leads to.
  var segmentLength: Int { copiesRows ? window.width * channels : channelCount }

  /// The distance, in elements, of the segments of two filter rows in the copies of source rows, where that is the same
  /// for all of `pixels`: then the addresses of the first one give those of all.
  @inline(__always)
  func segmentStep(of pixels: Range<Int>) -> Int? {
    guard copiesRows, pixels.count >= outputWidth else { return nil }
    return dilation.height * copiedLength(columns: outputWidth)
  }

  /// The elements of a copied source row for a number of output columns.
  @inline(__always)
  private func copiedLength(columns: Int) -> Int { ((columns - 1) * stride.width + window.width) * channels }

  /// Writes the addresses of `segments` at `pixels`: segment by segment, `stride` apart; or, where there is
  /// a ``segmentStep(of:)``, of the first `addressed` ones.
  ///
  /// - Parameters:
  ///   - addressed: The number of segments whose addresses are written, by default all.
  ///   - zeros: At least ``segmentLength`` zeros, for what lies in the padding.
  ///   - copies: Memory for ``copiedElements(pixels:)``.
  ///   - byRegion: Whether `pixels` are numbered region by region, see ``forEachRegion(in:_:)``.
  @inline(__always)
  func refer<Scalar: TensorScalar>(
    to source: UnsafePointer<Scalar>, zeros: UnsafePointer<Scalar>, pixels: Range<Int>, segments: Range<Int>,
    copies: UnsafeMutablePointer<Scalar>, into table: UnsafeMutablePointer<UnsafePointer<Scalar>>, stride: Int,
    addressed: Int = .max, byRegion: Bool = false
  ) {
    if copiesRows {
      copyRows(
        of: source, pixels: pixels, rows: segments, copies: copies, into: table, stride: stride, addressed: addressed)
    } else {
      refer(
        to: source, zeros: zeros, pixels: pixels, taps: segments, into: table, stride: stride, byRegion: byRegion)
    }
  }

  /// The addresses of single taps.
  @inline(__always)
  private func refer<Scalar: TensorScalar>(
    to source: UnsafePointer<Scalar>, zeros: UnsafePointer<Scalar>, pixels: Range<Int>, taps: Range<Int>,
    into table: UnsafeMutablePointer<UnsafePointer<Scalar>>, stride: Int, byRegion: Bool
  ) {
    forEachRange(in: pixels, byRegion: byRegion) { range in
      let image = source + range.image * height * width * channels + channelOffset
      let (first, end) = (range.columns.lowerBound, range.columns.upperBound)
      for tap in taps {
        let (r, s) = tap.quotientAndRemainder(dividingBy: window.width)
        let entries = table + (tap - taps.lowerBound) * stride + range.offset - first
        let y = range.row * self.stride.height + originHeight + r * dilation.height
        guard 0 <= y, y < height else {
          for q in first..<end { entries[q] = zeros }
          continue
        }
        let offset = originWidth + s * dilation.width
        let low = min(max(ceilingDivision(-offset, self.stride.width), first), end)
        let high = max(low, min(ceilingDivision(width - offset, self.stride.width), end))
        for q in first..<low { entries[q] = zeros }
        writeAddresses(
          entries + low, from: image + (y * width + low * self.stride.width + offset) * channels,
          step: self.stride.width * channels, count: high - low)
        for q in high..<end { entries[q] = zeros }
      }
    }
  }

  /// Copies the source rows of filter rows `rows` with their padding, and writes the addresses of the windows in them.
  /// A tile of more than a row of pixels copies whole source rows, each once for all windows that read it.
  @inline(__always)
  private func copyRows<Scalar: TensorScalar>(
    of source: UnsafePointer<Scalar>, pixels: Range<Int>, rows: Range<Int>, copies: UnsafeMutablePointer<Scalar>,
    into table: UnsafeMutablePointer<UnsafePointer<Scalar>>, stride: Int, addressed: Int
  ) {
    let copiesWholeRows = pixels.count >= outputWidth
    let step = self.stride.width * channels
    // The source rows copied last: those of one image, without a gap, `length` elements each.
    var (image, first, end, base, copy) = (-1, 0, 0, copies, copies)
    forEachRange(in: pixels) { range in
      let columns = copiesWholeRows ? 0..<outputWidth : range.columns
      let x = columns.lowerBound * self.stride.width + originWidth
      let length = copiedLength(columns: columns.count)
      let top = range.row * self.stride.height + originHeight
      let (low, high) = (top + rows.lowerBound * dilation.height, top + (rows.upperBound - 1) * dilation.height)
      if !copiesWholeRows || range.image != image || low > end {
        (image, first, end, base) = (range.image, low, low, copy)
      }
      while end <= high {
        copyRow(
          end, of: source + range.image * height * self.width * channels, x: x, count: length / channels, into: copy)
        end += 1
        copy += length
      }
      let start = base + (range.columns.lowerBound - columns.lowerBound) * step
      for r in rows.prefix(addressed) {
        let line = start + (top + r * dilation.height - first) * length
        let entries = table + (r - rows.lowerBound) * stride + range.offset
        writeAddresses(entries, from: UnsafePointer(line), step: step, count: range.columns.count)
      }
    }
  }

  /// Copies `count` pixels from column `x` of row `y` of an image; zeros where they lie in the padding.
  @inline(__always)
  private func copyRow<Scalar: TensorScalar>(
    _ y: Int, of image: UnsafePointer<Scalar>, x: Int, count: Int, into copy: UnsafeMutablePointer<Scalar>
  ) {
    guard 0 <= y, y < height else { return copy.update(repeating: 0, count: count * channels) }
    let low = min(max(-x, 0), count)
    let high = max(low, min(width - x, count))
    copy.update(repeating: 0, count: low * channels)
    (copy + low * channels).update(from: image + (y * width + x + low) * channels, count: (high - low) * channels)
    (copy + high * channels).update(repeating: 0, count: (count - high) * channels)
  }

  /// The elements of the copies of source rows for at most `pixels` pixels that follow one another.
  func copiedElements(pixels: Int) -> Int {
    if !copiesRows { return 0 }
    let covered = (window.height - 1) * dilation.height + 1
    let overlap = max(0, window.width - stride.width)
    // Tiles of less than a row, which may lie in two of them.
    let partialRows = 2 * covered * (min(pixels, outputWidth) * stride.width + overlap)
    // Tiles of more: the first row of each image needs all its source rows, each other one only `stride` more.
    let ranges = min(pixels, (pixels - 1) / outputWidth + 2)
    let images = min(ranges, (ranges - 1) / outputHeight + 2)
    let rows = min(ranges * covered, images * covered + ranges * stride.height)
    return channels * max(partialRows, pixels < outputWidth ? 0 : rows * (outputWidth * stride.width + overlap))
  }
}
