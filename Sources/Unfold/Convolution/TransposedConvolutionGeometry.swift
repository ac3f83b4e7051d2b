/// A transposed convolution's shapes, validated once: the lecture's upsampling layer followed by a convolution, also
/// called a convolution with fractional stride.
///
/// It is the adjoint of an ordinary convolution that leads from its output back to its input: its forward pass is that
/// convolution's input gradient, its input gradient that convolution's forward pass, and both share the filter. The
/// zeros that the lecture's upsampling inserts are never made.
///
/// ```
/// output height = (H - 1) * stride - top - bottom + dilation * (R - 1) + 1 + outputPadding
/// ```
///
/// `outputPadding` picks one of the stride output sizes that the ordinary convolution maps to the same input size. With a
/// dilation above the stride it may go further, as in PyTorch: the rows and columns beyond get the bias alone.
public struct TransposedConvolutionGeometry: Hashable, Sendable {
  /// The ordinary convolution from this one's output to its input.
  public let adjoint: ConvolutionGeometry

  /// A validated transposed convolution.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - filters: K, the channels of the output.
  ///   - window: R and S.
  ///   - stride: S of the lecture: the factor by which maps grow.
  ///   - padding: What is cropped from the output on each side; `.same` gives an output of `H * stride`.
  ///   - outputPadding: Rows and columns added at the bottom and at the right, less than the stride or the dilation.
  ///   - dilation: The step between two taps of the filter.
  ///   - groups: C and K are split into so many groups.
  ///   - accuracy: Which algorithms may compute it; nil for what the context says.
  /// - Throws: ``UnfoldError`` with the offending numbers, also for an output padding that reaches both the stride
  ///   and the dilation, and for a padding that crops the whole output.
  public init(
    input: Shape, filters: Int, window: Extent, stride: Extent = 1, padding: Padding = .valid,
    outputPadding: Extent = 0, dilation: Extent = 1, groups: Int = 1, accuracy: ConvolutionAccuracy? = nil
  ) throws(UnfoldError) {
    guard input.rank == 4 else {
      throw .invalidArgument("transposed convolution input", expected: "[N, H, W, C]", found: "\(input)")
    }
    let height = try Self.outputExtent(
      "height", input[1], window.height, stride.height, padding.vertical, outputPadding.height, dilation.height)
    let width = try Self.outputExtent(
      "width", input[2], window.width, stride.width, padding.horizontal, outputPadding.width, dilation.width)
    adjoint = try ConvolutionGeometry(
      input: [input[0], height, width, filters], filters: input[3], window: window, stride: stride, padding: padding,
      dilation: dilation, groups: groups, accuracy: accuracy
    ).withFirstOutputs(height: input[1], width: input[2])
  }

  private static func outputExtent(
    _ name: String, _ input: Int, _ window: Int, _ stride: Int, _ padding: (low: Int, high: Int)?, _ extra: Int,
    _ dilation: Int
  ) throws(UnfoldError) -> Int {
    let limit = Int(Int32.max)
    for (argument, value) in [("input", input), ("window", window), ("stride", stride), ("dilation", dilation)] {
      try require("\(argument) \(name)", value, in: 1...limit, or: "1 to \(limit)")
    }
    try require(
      "output padding of \(name)", extra, in: 0..<max(stride, dilation),
      or: "0 to less than the stride, \(stride), or the dilation, \(dilation)")
    guard let padding else {
      guard extra == 0 else {
        throw .invalidArgument("output padding of \(name)", expected: "0 with same padding", found: "\(extra)")
      }
      return input * stride
    }
    try require("low padding of \(name)", padding.low, in: 0...limit, or: "0 to \(limit)")
    try require("high padding of \(name)", padding.high, in: 0...limit, or: "0 to \(limit)")
    let full = (input - 1) * stride + dilation * (window - 1) + 1 + extra
    guard full > padding.low + padding.high else {
      throw .invalidArgument(
        "padding of \(name)", expected: "less than the \(full) positions of the whole output",
        found: "\(padding.low) + \(padding.high)")
    }
    return full - padding.low - padding.high
  }

  /// `[N, H, W, C]`.
  public var inputShape: Shape { adjoint.outputShape }
  /// `[N, P, Q, K]`.
  public var outputShape: Shape { adjoint.inputShape }
  /// `[R, S, K/groups, C]`: the adjoint convolution's filter. PyTorch's `[C, K/groups, R, S]` becomes this by
  /// ``Tensor/init(oihw:)``.
  public var filterShape: Shape { adjoint.filterShape }
  /// `[K]`.
  public var biasShape: Shape { Shape(adjoint.inputChannels) }
  /// As ``ConvolutionGeometry/operations``.
  public var operations: Double { adjoint.operations }
}
