import CKernels

/// The rectangles of an image's pixels that read the source by the same taps, in a depthwise convolution or a pooling:
/// the ranges of rows crossed with the ranges of columns. With 3 x 3 taps and padding 1 they are the interior, four
/// edges and four corners.
struct PixelRectangles {
  let rows, columns: AxisRanges
  let targetHeight, targetWidth, targetChannels: Int
  let sourceHeight, sourceWidth, sourceChannels: Int
  /// S, and the channels of one tap in the filter: 1 for pooling, where a tap has a number and no weights.
  let window, filterChannels: Int
  let batch: Int

  /// Which tensor is the target; the other one is the source.
  enum Target {
    case output
    case input
  }

  /// - Parameters:
  ///   - target: Whose pixels are cut into rectangles.
  ///   - inputChannels: C, and K is `outputChannels`.
  ///   - filterChannels: The channels of one tap in the filter, 1 for pooling.
  init(
    _ target: Target, _ vertical: WindowAxis, _ horizontal: WindowAxis, inputChannels: Int, outputChannels: Int,
    filterChannels: Int, batch: Int
  ) {
    let isOutput = target == .output
    let (output, input) = ((vertical.output, horizontal.output), (vertical.input, horizontal.input))
    rows = isOutput ? AxisRanges(output: vertical) : AxisRanges(input: vertical)
    columns = isOutput ? AxisRanges(output: horizontal) : AxisRanges(input: horizontal)
    (targetHeight, targetWidth) = isOutput ? output : input
    (sourceHeight, sourceWidth) = isOutput ? input : output
    (targetChannels, sourceChannels) = isOutput ? (outputChannels, inputChannels) : (inputChannels, outputChannels)
    window = horizontal.window
    self.filterChannels = filterChannels
    self.batch = batch
  }

  /// Whether the source is too large to be found in the cache, so that prefetching it pays.
  private var isFar: Bool { batch * sourceHeight * sourceWidth * sourceChannels >= Self.farElements }
  static var farElements: Int { 1 << 21 }

  /// Calls `body` for every rectangle of some rows, counted over all images.
  ///
  /// - Parameter streams: Whether the target is written by non-temporal stores, which ``StreamedStores/finish()`` must follow.
  @inline(__always)
  func forEach(
    rows: Range<Int>, streams: Bool, _ body: (_ rectangle: PixelRectangle, _ source: Int, _ target: Int) -> Void
  ) {
    var row = rows.lowerBound
    while row < rows.upperBound {
      let (image, first) = row.quotientAndRemainder(dividingBy: targetHeight)
      let band = first..<min(first + rows.upperBound - row, targetHeight)
      forEach(image: image, band: band, streams: streams, body)
      row += band.count
    }
  }

  /// Calls `body` for every rectangle of the rows `band` of image `image`, with the offset of the source element that
  /// its first pixel reads by its first tap, and the offset of that pixel itself.
  @inline(__always)
  func forEach(
    image: Int, band: Range<Int>, streams: Bool,
    _ body: (_ rectangle: PixelRectangle, _ source: Int, _ target: Int) -> Void
  ) {
    let (sourceLine, targetLine) = (sourceWidth * sourceChannels, targetWidth * targetChannels)
    for row in rows {
      let lines = row.indices(in: band)
      if lines.isEmpty { continue }
      let firstLine = row.first + lines.lowerBound * row.step
      let source = (image * sourceHeight + lines.lowerBound * row.sourceStep + row.source) * sourceLine
      for column in columns {
        // Wrapping arithmetic: a distance that overflows is that of a single tap, or of none, and is never used.
        let (tap, tapRow) = (column.sourceTap &* sourceChannels, row.sourceTap &* sourceLine)
        let (filterTap, filterRow) = (column.tapStep &* filterChannels, row.tapStep &* window &* filterChannels)
        // The kernels loop over the columns of taps: a single column is turned into a row.
        let isColumn = column.taps == 1
        let rectangle = PixelRectangle(
          lines: lines.count, pixels: column.count, channels: targetChannels, tap_rows: isColumn ? 1 : row.taps,
          tap_columns: isColumn ? row.taps : column.taps, source_line: row.sourceStep * sourceLine,
          source_pixel: column.sourceStep * sourceChannels, target_line: row.step * targetLine,
          target_pixel: column.step * targetChannels, source_tap_row: tapRow, source_tap: isColumn ? tapRow : tap,
          filter_first: (row.firstTap * window + column.firstTap) * filterChannels, filter_tap_row: filterRow,
          filter_tap: isColumn ? filterRow : filterTap, is_far: isFar ? 1 : 0, streams: streams ? 1 : 0)
        let target = (image * targetHeight + firstLine) * targetLine + column.first * targetChannels
        // The kernels work along a line of pixels: an edge that is one pixel wide becomes one line.
        body(
          column.count < min(4, lines.count) ? rectangle.transposed : rectangle,
          source + column.source * sourceChannels, target)
      }
    }
  }
}

/// A rectangle of pixels, which a kernel of depthwise convolutions or of max pooling computes in one call; see
/// `rectangle.h` for its drawing.
typealias PixelRectangle = unfold_rectangle

extension PixelRectangle {
  /// The same pixels with lines and columns exchanged.
  var transposed: PixelRectangle {
    var copy = self
    (copy.lines, copy.pixels) = (pixels, lines)
    (copy.source_line, copy.source_pixel) = (source_pixel, source_line)
    (copy.target_line, copy.target_pixel) = (target_pixel, target_line)
    return copy
  }

  /// The first `count` channels of every pixel.
  func channels(_ count: Int) -> PixelRectangle {
    var copy = self
    copy.channels = count
    return copy
  }
}
