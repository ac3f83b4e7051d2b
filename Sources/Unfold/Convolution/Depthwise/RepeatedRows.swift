/// Rows of an image whose channels are repeated, once for each of their filters: a depthwise convolution of several filters a
/// channel then is one of a single filter, which the kernels compute.
///
/// ```
///    input, C channels            two filters a channel, K = 2 C
///    | a | b | c |        ->      | a a | b b | c c |        a block of the channels, a band of the rows
/// ```
struct RepeatedRows<Scalar: TensorScalar> {
  /// The rows of the output, and the input's that their windows meet.
  private let vertical: WindowAxis
  /// W and C.
  private let width, channels: Int
  /// The filters of a channel.
  private let multiplier: Int
  /// The channels of the input that are repeated at once; the last block may have fewer.
  let blockChannels: Int

  init(_ geometry: ConvolutionGeometry) {
    (vertical, width, channels) = (geometry.vertical, geometry.horizontal.input, geometry.inputChannels)
    multiplier = geometry.multiplier
    blockChannels = min(channels, max(1, Self.usualFilters / multiplier))
  }

  /// The filters of a block: some vectors.
  private static var usualFilters: Int { 64 }
  /// A band of a block: a part of the second-level cache.
  private static var bandElements: Int { 1 << 16 }

  var blocks: Int { ceilingDivision(channels, blockChannels) }
  /// The filters of a block: the distance of two repeated pixels.
  var blockFilters: Int { blockChannels * multiplier }

  /// The channels of block `index`.
  @inline(__always)
  func channels(ofBlock index: Int) -> Range<Int> {
    index * blockChannels..<min((index + 1) * blockChannels, channels)
  }

  /// The rows of the output whose windows' rows of the input are a band.
  var outputRows: Int {
    max(1, (Self.bandElements / (width * blockFilters) - vertical.covered) / vertical.stride + 1)
  }

  /// The rows of the input that are a band.
  var inputRows: Int { max(1, Self.bandElements / (width * blockFilters)) }

  /// The repeated elements of the input's rows that the windows of `rows` rows of the output meet; for a number that no memory
  /// holds, another one that no memory holds.
  func elements(outputRows rows: Int) -> Int {
    let met = min(vertical.input, (min(rows, vertical.output) - 1) * vertical.stride + vertical.covered)
    return Int(min(Double(met) * Double(width * blockFilters), 0x1p50))
  }

  /// The rows of the input that the windows of some rows of the output meet.
  @inline(__always)
  func inputRows(meeting rows: Range<Int>) -> Range<Int> {
    let first = rows.lowerBound * vertical.stride - vertical.low
    let end = (rows.upperBound - 1) * vertical.stride - vertical.low + vertical.covered
    let from = min(max(first, 0), vertical.input)
    return from..<min(max(end, from), vertical.input)
  }

  /// Repeats some channels of some rows.
  ///
  /// - Parameters:
  ///   - repeated: The first of the rows, ``blockFilters`` for each pixel.
  ///   - image: The image's first element.
  @inline(__always)
  func fill(
    _ repeated: UnsafeMutablePointer<Scalar>, from image: UnsafePointer<Scalar>, rows: Range<Int>, channels: Range<Int>
  ) {
    let (all, multiplier, step, count) = (self.channels, multiplier, blockFilters, channels.count)
    let first = image + rows.lowerBound * width * all + channels.lowerBound
    for pixel in 0..<rows.count * width {
      let (x, y) = (first + pixel * all, repeated + pixel * step)
      if multiplier == 2 {
        for c in 0..<count { (y[2 &* c], y[2 &* c &+ 1]) = (x[c], x[c]) }
      } else {
        for c in 0..<count {
          for k in c * multiplier..<(c + 1) * multiplier { y[k] = x[c] }
        }
      }
    }
  }

  /// Adds up the filters of each channel, of some pixels of a whole number of rows.
  ///
  /// - Parameters:
  ///   - bias: What each channel's sum begins with, if not 0.
  ///   - target: The first of the channels at the first pixel.
  @inline(__always)
  func sum(
    _ repeated: UnsafePointer<Scalar>, rows: Int, channels: Range<Int>, startingAt bias: UnsafePointer<Scalar>?,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    let (all, multiplier, step, count) = (self.channels, multiplier, blockFilters, channels.count)
    for pixel in 0..<rows * width {
      let (x, y) = (repeated + pixel * step, target + pixel * all)
      if multiplier == 2 {
        for c in 0..<count { y[c] = x[2 &* c] + x[2 &* c &+ 1] }
      } else {
        // In double precision: a channel may have any number of filters.
        for c in 0..<count { y[c] = Scalar((c * multiplier..<(c + 1) * multiplier).reduce(0) { $0 + Double(x[$1]) }) }
      }
      if let bias {
        for c in 0..<count { y[c] += bias[channels.lowerBound + c] }
      }
    }
  }
}
