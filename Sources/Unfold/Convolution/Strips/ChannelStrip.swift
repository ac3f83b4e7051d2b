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
struct ChannelStrip<Scalar: TensorScalar> {
  /// An axis of a window that slides over the source: the convolution's own, or that of its input gradient.
  struct Axis {
    let source, target, window, stride, dilation, low: Int

    /// The windows over the input.
    init(forward axis: WindowAxis) {
      (source, target, window) = (axis.input, axis.output, axis.window)
      (stride, dilation, low) = (axis.stride, axis.dilation, axis.low)
    }

    /// The windows of the input gradient over the output gradient. A stride cuts the input into phases, see
    /// ``StripPhase``; the positions are those of all phases, a stride of the input apart, and so are the windows' widths.
    init(inputGradient axis: WindowAxis) {
      let reach = (axis.window - 1) * axis.dilation / axis.stride
      let first = axis.low / axis.stride
      (source, target, window) = (axis.output, (axis.input - 1 + axis.low) / axis.stride - first + 1, reach + 1)
      (stride, dilation, low) = (1, 1, reach - first)
    }

    /// Every position by itself.
    init(extent: Int) {
      (source, target, window) = (extent, extent, 1)
      (stride, dilation, low) = (1, 1, 0)
    }

    var covered: Int { (window - 1) * dilation + 1 }
    /// The source's positions that the windows meet, and padding.
    var reach: Int { (target - 1) * stride + covered }

    /// The target's positions at which a tap lies on the source.
    @inline(__always)
    func positions(meeting tap: Int) -> Range<Int> {
      indices(of: target, from: tap * dilation - low, step: stride, within: source)
    }
  }

  let vertical, horizontal: Axis
  /// The channels of the source and of the target, and those of a strip; the last strip has those that are left too.
  let allChannels, channels: Int
  /// The target's rows of a band, at most.
  let rows: Int

  /// Two lines of the cache.
  static var usualChannels: Int { 2 * lineChannels }
  private static var lineChannels: Int { StreamedStores.lineBytes / MemoryLayout<Scalar>.stride }

  /// Nil where windows reach so far that more would be copied than is used.
  ///
  /// - Parameters:
  ///   - all: The channels of the tensors.
  ///   - channels: Those of a strip.
  ///   - cacheBytes: What a band takes, at most.
  init?(_ vertical: Axis, _ horizontal: Axis, of all: Int, channels: Int = usualChannels, cacheBytes: Int) {
    (self.vertical, self.horizontal, allChannels, self.channels) = (vertical, horizontal, all, channels)
    let lineBytes = horizontal.reach * Self.pixelStride(channels) * MemoryLayout<Scalar>.stride
    rows = min(vertical.target, (cacheBytes / lineBytes - vertical.covered) / vertical.stride + 1)
    guard rows > 0, rows == vertical.target || vertical.covered <= 2 * rows * vertical.stride else { return nil }
  }

  /// The channels of a strip of whole groups.
  static func channels(ofGroups width: Int) -> Int { max(usualChannels / width, 1) * width }

  /// The bands of the target's rows, of about the same size.
  var bands: Int { ceilingDivision(vertical.target, rows) }
  func band(_ index: Int) -> Range<Int> { vertical.target * index / bands..<vertical.target * (index + 1) / bands }

  /// The number of strips of some channels.
  func count(of channels: Int) -> Int { max(1, channels / self.channels) }

  /// The channels of a strip, counted from the first of some channels.
  func channels(ofStrip strip: Int, of channels: Int) -> Range<Int> {
    strip * self.channels..<(strip + 1 < count(of: channels) ? (strip + 1) * self.channels : channels)
  }

  /// The distance of two pixels of a strip of some channels: whole lines of the cache.
  @inline(__always)
  private static func pixelStride(_ channels: Int) -> Int { ceilingDivision(channels, lineChannels) * lineChannels }

  /// The distance of two of a strip's pixels and of two of its lines, for some channels.
  @inline(__always)
  func steps(channels: Int) -> (pixel: Int, line: Int) {
    let pixel = Self.pixelStride(channels)
    return (pixel, horizontal.reach * pixel)
  }

  /// The elements of a strip.
  var elements: Int { elements(rows: rows) }

  /// The elements of a strip of so many of the target's rows.
  func elements(rows: Int) -> Int {
    let widest = allChannels % channels == 0 ? channels : min(allChannels, 2 * channels)
    return ((rows - 1) * vertical.stride + vertical.covered) * horizontal.reach * Self.pixelStride(widest)
  }

  /// Copies what the windows of the target's rows `band` meet.
  ///
  /// - Parameters:
  ///   - image: The first of the channels at the image's first pixel.
  ///   - channels: How many of the channels.
  ///   - strip: ``elements`` of memory.
  @inline(__always)
  func fill(
    _ strip: UnsafeMutablePointer<Scalar>, from image: UnsafePointer<Scalar>, band: Range<Int>, channels: Int
  ) {
    let first = band.lowerBound * vertical.stride - vertical.low
    let (width, step) = (horizontal.reach, Self.pixelStride(channels))
    let inside = max(0, horizontal.low)..<max(horizontal.low, 0, min(width, horizontal.low + horizontal.source))
    for line in 0..<(band.count - 1) * vertical.stride + vertical.covered {
      let target = strip + line * width * step
      guard (0..<vertical.source).contains(first + line) else {
        target.update(repeating: 0, count: width * step)
        continue
      }
      target.update(repeating: 0, count: min(inside.lowerBound, width) * step)
      let row = image + (first + line) * horizontal.source * allChannels
      for pixel in inside {
        let from = UnsafeRawPointer(row + (pixel - horizontal.low) * allChannels)
        let to = UnsafeMutableRawPointer(target + pixel * step)
        // The next strip's channels: a pixel of them lies apart from the next, so that a processor does not foresee them.
        let bytes = channels * MemoryLayout<Scalar>.stride
        unfold_prefetch(from + bytes)
        unfold_prefetch(from + bytes + StreamedStores.lineBytes)
        // A constant size is a few vectors and no call.
        if channels == Self.usualChannels {
          to.copyMemory(from: from, byteCount: 2 * StreamedStores.lineBytes)
        } else {
          to.copyMemory(from: from, byteCount: bytes)
        }
      }
      let end = target + min(inside.upperBound, width) * step
      end.update(repeating: 0, count: target + width * step - end)
    }
  }

  /// The rectangle of all pixels of some lines, which meet every tap.
  @inline(__always)
  func rectangle(lines: Int, channels: Int) -> PixelRectangle {
    let (step, line) = steps(channels: channels)
    return PixelRectangle(
      lines: lines, pixels: horizontal.target, channels: channels, tap_rows: vertical.window,
      tap_columns: horizontal.window, source_line: vertical.stride * line, source_pixel: horizontal.stride * step,
      target_line: horizontal.target * allChannels, target_pixel: allChannels,
      source_tap_row: vertical.dilation * line, source_tap: horizontal.dilation * step, filter_first: 0,
      filter_tap_row: horizontal.window * allChannels, filter_tap: allChannels, is_far: 0, streams: 0)
  }
}
