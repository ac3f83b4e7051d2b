import CKernels
import CProcessor

/// A band of the input's rows, a few channels of it and its padding, copied next to each other. Where a pixel has many
/// channels, the same few of neighbouring pixels lie a KiB or more apart: a cache of 64 sets of 64 bytes then has a place
/// for a few dozen of them only, and every tap would fetch them again.
///
/// ```
///     input, H x W x C              strip, height x width x 32
///     +---------------+             0 0 0 0 0
///     |  |##|         |    ->       0 # # # 0     the band's rows and the padding that windows meet
///     |  |##|         |             0 # # # 0
///     +---------------+
/// ```
struct DepthwiseStrip {
  /// The bytes of the channels of one pixel: two lines of the cache.
  static let pixelBytes = 128

  let vertical, horizontal: WindowAxis
  let inputChannels, scalarBytes: Int
  /// The output rows of a band, at most.
  let rows: Int

  /// Nil where the channels are few, or less than 4 taps meet a pixel on average, or windows reach so far that more would
  /// be copied than is used.
  init?<Scalar: TensorScalar>(_ geometry: ConvolutionGeometry, _ scalar: Scalar.Type) {
    vertical = geometry.vertical
    horizontal = geometry.horizontal
    inputChannels = geometry.inputChannels
    scalarBytes = MemoryLayout<Scalar>.stride
    let lineBytes = ((horizontal.output - 1) * horizontal.stride + horizontal.covered) * Self.pixelBytes
    // As many rows as the first-level cache holds.
    rows = min(vertical.output, ((1 << 15) / lineBytes - vertical.covered) / vertical.stride + 1)
    guard
      geometry.isDepthwise, geometry.multiplier == 1, inputChannels * scalarBytes >= 1 << 10,
      vertical.window * horizontal.window >= 4 * vertical.stride * horizontal.stride,
      rows > 0, vertical.covered <= 2 * rows * vertical.stride
    else { return nil }
  }

  /// The pixels of a line, and the elements of one.
  private var width: Int { (horizontal.output - 1) * horizontal.stride + horizontal.covered }
  private var lineElements: Int { width * channels }

  /// The channels of a pixel.
  var channels: Int { Self.pixelBytes / scalarBytes }

  /// The memory of a strip.
  var bytes: Int { ((rows - 1) * vertical.stride + vertical.covered) * width * Self.pixelBytes }

  /// Copies what the windows of the output rows `band` meet.
  ///
  /// - Parameters:
  ///   - image: The first of the channels at the image's first pixel.
  ///   - channels: How many of the strip's channels there are.
  ///   - strip: ``bytes`` of memory.
  @inline(__always)
  func fill<Scalar: TensorScalar>(
    _ strip: UnsafeMutablePointer<Scalar>, from image: UnsafePointer<Scalar>, band: Range<Int>, channels: Int
  ) {
    let first = band.lowerBound * vertical.stride - vertical.low
    let inside = max(0, horizontal.low)..<max(horizontal.low, min(width, horizontal.low + horizontal.input))
    for line in 0..<(band.count - 1) * vertical.stride + vertical.covered {
      let target = strip + line * lineElements
      guard (0..<vertical.input).contains(first + line) else {
        target.update(repeating: 0, count: lineElements)
        continue
      }
      target.update(repeating: 0, count: min(inside.lowerBound, width) * self.channels)
      let row = image + (first + line) * horizontal.input * inputChannels
      for pixel in inside {
        let from = UnsafeRawPointer(row + (pixel - horizontal.low) * inputChannels)
        let to = UnsafeMutableRawPointer(target + pixel * self.channels)
        // The next strip's channels: a pixel of them lies apart from the next, so that a processor does not foresee them.
        unfold_prefetch(from + Self.pixelBytes)
        unfold_prefetch(from + Self.pixelBytes + StreamedStores.lineBytes)
        // A constant size is a few vectors and no call.
        if channels == self.channels {
          to.copyMemory(from: from, byteCount: Self.pixelBytes)
        } else {
          to.copyMemory(from: from, byteCount: channels * MemoryLayout<Scalar>.stride)
        }
      }
      let end = target + min(inside.upperBound, width) * self.channels
      end.update(repeating: 0, count: target + lineElements - end)
    }
  }

  /// The rectangle of all pixels of a band, which meet every tap.
  @inline(__always)
  func rectangle(lines: Int, channels: Int, filterChannels: Int) -> PixelRectangle {
    PixelRectangle(
      lines: lines, pixels: horizontal.output, channels: channels, tap_rows: vertical.window,
      tap_columns: horizontal.window, source_line: vertical.stride * lineElements,
      source_pixel: horizontal.stride * self.channels, target_line: horizontal.output * filterChannels,
      target_pixel: filterChannels, source_tap_row: vertical.dilation * lineElements,
      source_tap: horizontal.dilation * self.channels, filter_first: 0,
      filter_tap_row: horizontal.window * filterChannels, filter_tap: filterChannels, is_far: 0, streams: 0)
  }
}
