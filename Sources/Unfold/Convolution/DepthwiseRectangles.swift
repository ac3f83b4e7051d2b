/// The rectangles of an image's pixels that the same taps of a depthwise convolution meet: the runs of rows crossed with
/// the runs of columns. With 3 x 3 taps and padding 1 they are the interior, four edges and four corners.
struct DepthwiseRectangles {
  let rows: [DepthwiseRun]
  let columns: [DepthwiseRun]
  /// The target's pixels and channels.
  let targetHeight: Int
  let targetWidth: Int
  let targetChannels: Int
  /// The source's pixels and channels.
  let sourceHeight: Int
  let sourceWidth: Int
  let sourceChannels: Int
  /// S, and the channels of one tap in the filter.
  let window: Int
  let filterChannels: Int

  /// The output's pixels; the source is the input.
  static func output(_ geometry: ConvolutionGeometry) -> DepthwiseRectangles {
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    return DepthwiseRectangles(
      rows: DepthwiseRun.output(vertical), columns: DepthwiseRun.output(horizontal),
      targetHeight: vertical.output, targetWidth: horizontal.output, targetChannels: geometry.outputChannels,
      sourceHeight: vertical.input, sourceWidth: horizontal.input, sourceChannels: geometry.inputChannels,
      window: horizontal.window, filterChannels: geometry.outputChannels)
  }

  /// The input's pixels; the source is the output gradient.
  static func input(_ geometry: ConvolutionGeometry) -> DepthwiseRectangles {
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    return DepthwiseRectangles(
      rows: DepthwiseRun.input(vertical), columns: DepthwiseRun.input(horizontal),
      targetHeight: vertical.input, targetWidth: horizontal.input, targetChannels: geometry.inputChannels,
      sourceHeight: vertical.output, sourceWidth: horizontal.output, sourceChannels: geometry.outputChannels,
      window: horizontal.window, filterChannels: geometry.outputChannels)
  }

  /// Calls `body` for every rectangle of the rows `band` of image `image`, with the offsets of the image's source and of
  /// the rectangle's first pixel.
  @inline(__always)
  func forEach(
    image: Int, band: Range<Int>,
    _ body: (_ rectangle: _DepthwiseRectangle, _ source: Int, _ target: Int) -> Void
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
          let rectangle = _DepthwiseRectangle(
            lines: lines.count, pixels: column.count, taps: count, channels: targetChannels,
            sourceLine: row.sourceStep * sourceWidth * sourceChannels, sourcePixel: column.sourceStep * sourceChannels,
            targetLine: row.step * targetWidth * targetChannels, targetPixel: column.step * targetChannels,
            sourceTaps: sourceTaps, filterTaps: filterTaps)
          let target = ((image * targetHeight + firstLine) * targetWidth + column.first) * targetChannels
          // The kernels work along a line: an edge one pixel wide is one line.
          body(column.count < min(4, lines.count) ? rectangle.transposed : rectangle, source, target)
        }
      }
    }
  }
}

/// What the kernels of a depthwise convolution compute at once; see `depthwise.h` for its drawing. For the engine
/// itself, public only because `TensorScalar` is.
public struct _DepthwiseRectangle {
  let lines: Int
  let pixels: Int
  let taps: Int
  let channels: Int
  let sourceLine: Int
  let sourcePixel: Int
  let targetLine: Int
  let targetPixel: Int
  let sourceTaps: UnsafePointer<Int>
  let filterTaps: UnsafePointer<Int>

  /// The same pixels with lines and columns exchanged.
  var transposed: _DepthwiseRectangle {
    _DepthwiseRectangle(
      lines: pixels, pixels: lines, taps: taps, channels: channels, sourceLine: sourcePixel, sourcePixel: sourceLine,
      targetLine: targetPixel, targetPixel: targetLine, sourceTaps: sourceTaps, filterTaps: filterTaps)
  }

  /// The channels from `first` on, `count` of them; the addresses move along.
  func channels(_ count: Int) -> _DepthwiseRectangle {
    _DepthwiseRectangle(
      lines: lines, pixels: pixels, taps: taps, channels: count, sourceLine: sourceLine, sourcePixel: sourcePixel,
      targetLine: targetLine, targetPixel: targetPixel, sourceTaps: sourceTaps, filterTaps: filterTaps)
  }
}
