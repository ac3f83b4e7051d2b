/// A pooling's shapes, validated once and shared by max and mean pooling and their gradients. Every channel is pooled
/// by itself.
///
/// ```swift
/// let geometry = try PoolingGeometry(input: [64, 28, 28, 32], window: 2)
/// let (output, saved) = try geometry.maximum(input)                          // [64, 14, 14, 32]
/// let inputGradient = try geometry.maximumInputGradient(outputGradient, saved: saved)
/// ```
///
/// N images of H x W pixels and C channels are scanned by a window of R x S taps, which gives P x Q pixels:
///
/// ```
/// P = round((H + top + bottom - (dilation (R - 1) + 1)) / stride) + 1        Q likewise from W and S
/// ```
///
/// Padding is absent, not zero, for max pooling. **Every window must hold an element of the input**, because there is
/// no maximum of nothing: a geometry is refused if a window lies in the padding alone, or if its dilated taps step over
/// a small input. For taps closer together than the input is long this means low padding less than `dilation (R - 1) +
/// 1` and no window that starts behind the input.
///
/// Source: the lecture's "Max pooling" and "Mean pooling" slides, with and without downsampling (the stride).
public struct PoolingGeometry: Hashable, Sendable {
  /// N, the number of images.
  public let batch: Int
  /// C, the channels of input and output.
  public let channels: Int
  /// The rows: H, R, P, stride, dilation and padding.
  public let vertical: WindowAxis
  /// The columns: W, S, Q, stride, dilation and padding.
  public let horizontal: WindowAxis

  /// A validated pooling.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - window: R and S.
  ///   - stride: The step between two windows; the window's extent if nil, so that windows tile the input.
  ///   - padding: Absent values around each image.
  ///   - dilation: The step between two taps of a window.
  ///   - rounding: Whether a last, partial window counts (Caffe: it does; PyTorch: `ceil_mode`).
  /// - Throws: ``UnfoldError`` with the offending numbers: extents, strides or dilations below 1, negative padding, a
  ///   window larger than the padded input, a window that holds padding only, and sizes that no memory holds.
  public init(
    input: Shape, window: Extent, stride: Extent? = nil, padding: Padding = .valid, dilation: Extent = 1,
    rounding: OutputRounding = .floor
  ) throws(UnfoldError) {
    guard input.rank == 4 else {
      throw .invalidArgument("pooling input", expected: "[N, H, W, C]", found: "\(input)")
    }
    let limit = Int(Int32.max)
    try require("batch", input[0], in: 1...limit, or: "1 to \(limit)")
    try require("channels", input[3], in: 1...limit, or: "1 to \(limit)")
    batch = input[0]
    channels = input[3]
    let stride = stride ?? window
    vertical = try WindowAxis(
      "height", input: input[1], window: window.height, stride: stride.height, dilation: dilation.height,
      padding: padding.vertical, rounding: rounding)
    horizontal = try WindowAxis(
      "width", input: input[2], window: window.width, stride: stride.width, dilation: dilation.width,
      padding: padding.horizontal, rounding: rounding)
    try requireInt32("taps of the window (R S)", window.height * window.width)
    try inputShape.requireMemory()
    try outputShape.requireMemory()
    for (name, axis) in [("height", vertical), ("width", horizontal)] {
      guard let position = axis.positionInPadding else { continue }
      throw .invalidArgument(
        "padding of \(name)", expected: "an element of the input (\(axis.input)) in every window",
        found: "low \(axis.low), high \(axis.high): window \(position) of \(axis.output) holds padding only")
    }
  }

  /// One window that covers the whole image: the output is `[N, 1, 1, C]`.
  ///
  /// - Throws: ``UnfoldError`` for an input that is not `[N, H, W, C]` with extents of at least 1.
  public static func global(input: Shape) throws(UnfoldError) -> PoolingGeometry {
    guard input.rank == 4 else {
      throw .invalidArgument("pooling input", expected: "[N, H, W, C]", found: "\(input)")
    }
    return try PoolingGeometry(input: input, window: Extent(input[1], input[2]))
  }

  /// `[N, H, W, C]`.
  public var inputShape: Shape { Shape(batch, vertical.input, horizontal.input, channels) }
  /// `[N, P, Q, C]`.
  public var outputShape: Shape { Shape(batch, vertical.output, horizontal.output, channels) }

  /// R S, the taps of one window.
  public var taps: Int { vertical.window * horizontal.window }
}

extension PoolingGeometry {
  /// Where row `h` of an image begins in the input.
  @inline(__always)
  func inputOffset(_ image: Int, _ h: Int) -> Int { (image &* vertical.input &+ h) &* horizontal.input &* channels }

  /// Where row `p` of an image begins in the output.
  @inline(__always)
  func outputOffset(_ image: Int, _ p: Int) -> Int { (image &* vertical.output &+ p) &* horizontal.output &* channels }

  /// The rectangles of pixels that read the source by the same taps.
  func rectangles(of target: PixelRectangles.Target) -> PixelRectangles {
    PixelRectangles(
      target, vertical, horizontal, inputChannels: channels, outputChannels: channels, filterChannels: 1,
      batch: batch)
  }

  /// Whether a pass writes its result by non-temporal stores: where the input, or its gradient, fills the cache.
  func streams<Scalar: TensorScalar>(_ target: UnsafeMutablePointer<Scalar>) -> Bool {
    StreamedStores.suit(target, elements: channels, of: batch * vertical.input * horizontal.input * channels)
  }

  /// The tasks of a forward pass: rows of the output.
  var outputBands: RowBands {
    RowBands(
      rows: batch * vertical.output, channels: channels,
      elementsPerRow: Double(horizontal.output) * Double(channels) * Double(taps))
  }

  /// The tasks of a gradient: rows of the input. Each gathers the gradients of all windows over it, so that overlapping
  /// windows accumulate without a race and always in the same order.
  var inputBands: RowBands {
    let windowsOverRow = (Double(vertical.window) / Double(vertical.stride)).rounded(.up)
    return RowBands(
      rows: batch * vertical.input, channels: channels,
      elementsPerRow: Double(channels)
        * (Double(horizontal.input) + windowsOverRow * Double(horizontal.output) * Double(horizontal.window)))
  }
}
