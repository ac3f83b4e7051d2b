/// Pooling to a given output size: there is one window for each output pixel, and its size follows from the input.
/// Shapes validated once and shared by max and mean pooling and their gradients.
///
/// ```swift
/// let pooling = try AdaptivePooling(input: [8, 13, 17, 64], output: 7)
/// let output = try pooling.mean(input)                                                // [8, 7, 7, 64]
/// let inputGradient = try pooling.meanInputGradient(outputGradient)                   // [8, 13, 17, 64]
/// ```
///
/// Row p of P takes the input's rows from floor(p H / P) to less than ceil((p + 1) H / P), and columns likewise. The
/// windows cover the input; their heights differ by at most one row, and they overlap by one row where H / P is no
/// integer. P may exceed H. These are PyTorch's rules (`adaptive_avg_pool2d`, `adaptive_max_pool2d`).
///
/// Where P divides H and Q divides W, ``PoolingGeometry`` with a window of H / P x W / Q computes the same, faster.
public struct AdaptivePooling: Hashable, Sendable {
  /// `[N, H, W, C]`.
  public let inputShape: Shape
  /// `[N, P, Q, C]`.
  public let outputShape: Shape

  let vertical, horizontal: AdaptiveAxis

  /// A validated pooling.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - output: P and Q.
  /// - Throws: ``UnfoldError`` for an extent below 1, for more than `Int32.max` pixels of an image, and sizes that
  ///   leave `Int32` for an axis or `Int` in bytes.
  public init(input: Shape, output: Extent) throws(UnfoldError) {
    guard input.rank == 4 else {
      throw .invalidArgument("adaptive pooling input", expected: "[N, H, W, C]", found: "\(input)")
    }
    _ = try input.requireExtents("adaptive pooling input")
    try requireInt32("pixels of an image (H W)", input[1] * input[2])
    let pooled: Shape = [input[0], output.height, output.width, input[3]]
    _ = try pooled.requireExtents("adaptive pooling output")
    inputShape = input
    outputShape = pooled
    vertical = AdaptiveAxis(input: input[1], output: output.height)
    horizontal = AdaptiveAxis(input: input[2], output: output.width)
  }

  var channels: Int { inputShape[3] }

  /// The tasks of a forward pass: rows of the output.
  var outputBands: RowBands {
    RowBands(
      rows: inputShape[0] * vertical.output, channels: channels,
      elementsPerRow: Double(channels) * Double(horizontal.output) * vertical.windowLength * horizontal.windowLength)
  }

  /// The tasks of a gradient: rows of the input, each of which gathers from the windows over it, in their order.
  var inputBands: RowBands {
    RowBands(
      rows: inputShape[0] * vertical.input, channels: channels,
      elementsPerRow: Double(channels)
        * (Double(horizontal.input) + vertical.windowsOverElement * Double(horizontal.output)))
  }
}

/// One axis of an adaptive pooling.
struct AdaptiveAxis: Hashable, Sendable {
  let input, output: Int

  /// The input positions of a window.
  @inline(__always)
  func window(_ position: Int) -> Range<Int> {
    position &* input / output..<ceilingDivision((position &+ 1) &* input, output)
  }

  /// The windows over an input position: the same with input and output exchanged.
  @inline(__always)
  func windows(over element: Int) -> Range<Int> {
    element &* output / input..<ceilingDivision((element &+ 1) &* output, input)
  }

  /// About the positions of a window, and about the windows over a position.
  var windowLength: Double { Double(input) / Double(output) + 1 }
  var windowsOverElement: Double { Double(output) / Double(input) + 1 }
}
