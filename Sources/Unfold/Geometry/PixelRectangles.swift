import CKernels

/// The rectangles of an image's pixels that the same taps of a depthwise convolution or of pooling meet: the runs of rows
/// crossed with the runs of columns. With 3 x 3 taps and padding 1 they are the interior, four edges and four corners.
struct PixelRectangles {
  let rows: [AxisRun]
  let columns: [AxisRun]
  /// The target's pixels and channels.
  let targetHeight: Int
  let targetWidth: Int
  let targetChannels: Int
  /// The source's pixels and channels.
  let sourceHeight: Int
  let sourceWidth: Int
  let sourceChannels: Int
  /// S, and the channels of one tap in the filter: 1 for pooling, whose taps have numbers only.
  let window: Int
  let filterChannels: Int
  /// The images.
  let batch: Int
  /// Whether the target is written past the cache; then ``StreamedStores/finish()``.
  let streams: Bool

  /// Which tensor's pixels are the target; the source is the other's.
  enum Target {
    case output
    case input
  }

  /// - Parameters:
  ///   - target: Whose pixels are cut into rectangles.
  ///   - inputChannels: C, and K is `outputChannels`.
  ///   - filterChannels: The channels of one tap in the filter, 1 for pooling.
  ///   - streams: Whether the target is written past the cache.
  init(
    _ target: Target, _ vertical: WindowAxis, _ horizontal: WindowAxis, inputChannels: Int, outputChannels: Int,
    filterChannels: Int, batch: Int, streams: Bool
  ) {
    let isOutput = target == .output
    let (output, input) = ((vertical.output, horizontal.output), (vertical.input, horizontal.input))
    rows = isOutput ? AxisRun.output(vertical) : AxisRun.input(vertical)
    columns = isOutput ? AxisRun.output(horizontal) : AxisRun.input(horizontal)
    (targetHeight, targetWidth) = isOutput ? output : input
    (sourceHeight, sourceWidth) = isOutput ? input : output
    (targetChannels, sourceChannels) = isOutput ? (outputChannels, inputChannels) : (inputChannels, outputChannels)
    window = horizontal.window
    self.filterChannels = filterChannels
    self.batch = batch
    self.streams = streams
  }

  /// Whether the source is too large to be found in the cache, so that asking for it before its time pays.
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

  /// Calls `body` for every rectangle of the rows `band` of image `image`, with the offsets of the image's source and of
  /// the rectangle's first pixel.
  @inline(__always)
  func forEach(
    image: Int, band: Range<Int>,
    _ body: (_ rectangle: _PixelRectangle, _ source: Int, _ target: Int) -> Void
  ) {
    let mostTaps = rows.reduce(0) { max($0, $1.taps.count) } * columns.reduce(0) { max($0, $1.taps.count) }
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * mostTaps + 1) { offsets in
      guard let sourceTaps = offsets.baseAddress else { return }
      let filterTaps = sourceTaps + mostTaps
      for row in rows {
        let lines = row.indices(in: band)
        if lines.isEmpty { continue }
        let firstLine = row.first + lines.lowerBound * row.step
        let source = (image * sourceHeight + lines.lowerBound * row.sourceStep) * sourceWidth * sourceChannels
        for column in columns {
          var count = 0
          for (r, h) in row.taps {
            for (s, w) in column.taps {
              sourceTaps[count] = (h * sourceWidth + w) * sourceChannels
              filterTaps[count] = (r * window + s) * filterChannels
              count += 1
            }
          }
          let rectangle = _PixelRectangle(
            lines: lines.count, pixels: column.count, taps: count, channels: targetChannels,
            sourceLine: row.sourceStep * sourceWidth * sourceChannels, sourcePixel: column.sourceStep * sourceChannels,
            targetLine: row.step * targetWidth * targetChannels, targetPixel: column.step * targetChannels,
            sourceTaps: sourceTaps, filterTaps: filterTaps, isFar: isFar, streams: streams)
          let target = ((image * targetHeight + firstLine) * targetWidth + column.first) * targetChannels
          // The kernels work along a line: an edge one pixel wide is one line.
          body(column.count < min(4, lines.count) ? rectangle.transposed : rectangle, source, target)
        }
      }
    }
  }
}

/// What the kernels of depthwise convolutions and of max pooling compute at once; see `rectangle.h` for its drawing. For
/// the engine itself, public only because `TensorScalar` is.
public struct _PixelRectangle {
  private(set) var lines: Int
  private(set) var pixels: Int
  let taps: Int
  private(set) var channels: Int
  private(set) var sourceLine: Int
  private(set) var sourcePixel: Int
  private(set) var targetLine: Int
  private(set) var targetPixel: Int
  let sourceTaps: UnsafePointer<Int>
  let filterTaps: UnsafePointer<Int>
  /// Whether the source is too large to be found in the cache.
  var isFar = false
  /// Whether the target is written past the cache.
  var streams = false

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
      lines: rectangle.lines, pixels: rectangle.pixels, taps: rectangle.taps, channels: rectangle.channels,
      source_line: rectangle.sourceLine, source_pixel: rectangle.sourcePixel,
      target_line: rectangle.targetLine, target_pixel: rectangle.targetPixel,
      source_tap: rectangle.sourceTaps, filter_tap: rectangle.filterTaps, is_far: rectangle.isFar ? 1 : 0,
      streams: rectangle.streams ? 1 : 0)
  }
}
