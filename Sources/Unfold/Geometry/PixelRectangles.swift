import CKernels

/// The rectangles of an image's pixels that read the source by the same taps, in a depthwise convolution or a pooling:
/// the runs of rows crossed with the runs of columns. With 3 x 3 taps and padding 1 they are the interior, four edges
/// and four corners.
struct PixelRectangles {
  let rows: AxisRuns
  let columns: AxisRuns
  /// The target's pixels and channels.
  let targetHeight: Int
  let targetWidth: Int
  let targetChannels: Int
  /// The source's pixels and channels.
  let sourceHeight: Int
  let sourceWidth: Int
  let sourceChannels: Int
  /// S, and the channels of one tap in the filter: 1 for pooling, where a tap has a number and no weights.
  let window: Int
  let filterChannels: Int
  /// The images.
  let batch: Int
  /// Whether the target is written by non-temporal stores, which ``StreamedStores/finish()`` must follow.
  let streams: Bool

  /// Which tensor is the target; the other one is the source.
  enum Target {
    case output
    case input
  }

  /// - Parameters:
  ///   - target: Whose pixels are cut into rectangles.
  ///   - inputChannels: C, and K is `outputChannels`.
  ///   - filterChannels: The channels of one tap in the filter, 1 for pooling.
  ///   - streams: Whether the target is written by non-temporal stores.
  init(
    _ target: Target, _ vertical: WindowAxis, _ horizontal: WindowAxis, inputChannels: Int, outputChannels: Int,
    filterChannels: Int, batch: Int, streams: Bool
  ) {
    let isOutput = target == .output
    let (output, input) = ((vertical.output, horizontal.output), (vertical.input, horizontal.input))
    rows = isOutput ? AxisRuns(output: vertical) : AxisRuns(input: vertical)
    columns = isOutput ? AxisRuns(output: horizontal) : AxisRuns(input: horizontal)
    (targetHeight, targetWidth) = isOutput ? output : input
    (sourceHeight, sourceWidth) = isOutput ? input : output
    (targetChannels, sourceChannels) = isOutput ? (outputChannels, inputChannels) : (inputChannels, outputChannels)
    window = horizontal.window
    self.filterChannels = filterChannels
    self.batch = batch
    self.streams = streams
  }

  /// Whether the source is too large to be found in the cache, so that prefetching it pays.
  private var isFar: Bool { batch * sourceHeight * sourceWidth * sourceChannels >= Self.farElements }
  static var farElements: Int { 1 << 21 }

  /// Calls `body` for every rectangle of some rows, counted over all images.
  @inline(__always)
  func forEach(rows: Range<Int>, _ body: (_ rectangle: _PixelRectangle, _ source: Int, _ target: Int) -> Void) {
    var row = rows.lowerBound
    while row < rows.upperBound {
      let (image, first) = row.quotientAndRemainder(dividingBy: targetHeight)
      let band = first..<min(first + rows.upperBound - row, targetHeight)
      forEach(image: image, band: band, body)
      row += band.count
    }
  }

  /// Calls `body` for every rectangle of the rows `band` of image `image`, with the offset of the source element that
  /// its first pixel reads by its first tap, and the offset of that pixel itself.
  @inline(__always)
  func forEach(
    image: Int, band: Range<Int>,
    _ body: (_ rectangle: _PixelRectangle, _ source: Int, _ target: Int) -> Void
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
        let rectangle = _PixelRectangle(
          lines: lines.count, pixels: column.count, channels: targetChannels, tapRows: isColumn ? 1 : row.taps,
          tapColumns: isColumn ? row.taps : column.taps, sourceLine: row.sourceStep * sourceLine,
          sourcePixel: column.sourceStep * sourceChannels, targetLine: row.step * targetLine,
          targetPixel: column.step * targetChannels, sourceTapRow: tapRow, sourceTap: isColumn ? tapRow : tap,
          filterFirst: (row.firstTap * window + column.firstTap) * filterChannels, filterTapRow: filterRow,
          filterTap: isColumn ? filterRow : filterTap, isFar: isFar, streams: streams)
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
/// `rectangle.h` for its drawing. For the engine itself; public only because `TensorScalar` is.
public struct _PixelRectangle {
  private(set) var lines: Int
  private(set) var pixels: Int
  private(set) var channels: Int
  /// The rows and columns of the grid of taps.
  let tapRows: Int
  let tapColumns: Int
  private(set) var sourceLine: Int
  private(set) var sourcePixel: Int
  private(set) var targetLine: Int
  private(set) var targetPixel: Int
  /// The distances of two rows of taps and of two taps of a row in the source and in the filter, and the first tap's
  /// place there.
  let sourceTapRow: Int
  let sourceTap: Int
  let filterFirst: Int
  let filterTapRow: Int
  let filterTap: Int
  /// Whether the source is too large to be found in the cache.
  var isFar = false
  /// Whether the target is written by non-temporal stores.
  var streams = false

  var taps: Int { tapRows * tapColumns }

  init(
    lines: Int, pixels: Int, channels: Int, tapRows: Int, tapColumns: Int, sourceLine: Int, sourcePixel: Int,
    targetLine: Int, targetPixel: Int, sourceTapRow: Int, sourceTap: Int, filterFirst: Int, filterTapRow: Int,
    filterTap: Int, isFar: Bool = false, streams: Bool = false
  ) {
    (self.lines, self.pixels, self.channels) = (lines, pixels, channels)
    (self.tapRows, self.tapColumns) = (tapRows, tapColumns)
    (self.sourceLine, self.sourcePixel) = (sourceLine, sourcePixel)
    (self.targetLine, self.targetPixel) = (targetLine, targetPixel)
    (self.sourceTapRow, self.sourceTap) = (sourceTapRow, sourceTap)
    (self.filterFirst, self.filterTapRow, self.filterTap) = (filterFirst, filterTapRow, filterTap)
    (self.isFar, self.streams) = (isFar, streams)
  }

  /// Calls `body` with the places of every tap in the source and in the filter, row by row.
  @inline(__always)
  func forEachTap(_ body: (_ source: Int, _ filter: Int) -> Void) {
    for row in 0..<tapRows {
      for column in 0..<tapColumns {
        body(row &* sourceTapRow &+ column &* sourceTap, filterFirst &+ row &* filterTapRow &+ column &* filterTap)
      }
    }
  }

  /// The same pixels with lines and columns exchanged.
  var transposed: _PixelRectangle {
    var copy = self
    (copy.lines, copy.pixels) = (pixels, lines)
    (copy.sourceLine, copy.sourcePixel) = (sourcePixel, sourceLine)
    (copy.targetLine, copy.targetPixel) = (targetPixel, targetLine)
    return copy
  }

  /// The first `count` channels of every pixel.
  func channels(_ count: Int) -> _PixelRectangle {
    var copy = self
    copy.channels = count
    return copy
  }
}

extension unfold_rectangle {
  @inline(__always)
  init(_ rectangle: _PixelRectangle) {
    self.init(
      lines: rectangle.lines, pixels: rectangle.pixels, channels: rectangle.channels, tap_rows: rectangle.tapRows,
      tap_columns: rectangle.tapColumns, source_line: rectangle.sourceLine, source_pixel: rectangle.sourcePixel,
      target_line: rectangle.targetLine, target_pixel: rectangle.targetPixel, source_tap_row: rectangle.sourceTapRow,
      source_tap: rectangle.sourceTap, filter_first: rectangle.filterFirst, filter_tap_row: rectangle.filterTapRow,
      filter_tap: rectangle.filterTap, is_far: rectangle.isFar ? 1 : 0, streams: rectangle.streams ? 1 : 0)
  }
}
