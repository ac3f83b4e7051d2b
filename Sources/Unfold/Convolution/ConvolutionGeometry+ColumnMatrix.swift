extension ConvolutionGeometry {
  /// The whole column matrix of an input (im2col; `torch.nn.Unfold` with its rows as ours): for study and for tests.
  /// The convolution itself never makes it, it lowers one tile at a time.
  ///
  /// - Parameter input: `[N, H, W, C]`.
  /// - Returns: `[N P Q, R S C]`; row (n, p, q) is the window at that output pixel, zeros where it lies in the padding.
  /// - Throws: ``UnfoldError`` where the input has another shape or the matrix does not fit in memory.
  /// - Complexity: O(N P Q R S C) copies.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func unfold<Scalar: TensorScalar>(_ input: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    try input.requireShape(inputShape, "input")
    let lowering = wholeLowering
    var matrix = try Tensor<Scalar>(uninitialized: [lowering.pixels, lowering.columns])
    lowering.unfold(
      input.base, pixels: 0..<lowering.pixels, columns: 0..<lowering.columns, into: try matrix.outputBase())
    withExtendedLifetime(input) {}
    return matrix
  }

  /// Adds each row of a column matrix back to the pixels of its window (col2im; `torch.nn.Fold`), the transpose of
  /// ``unfold(_:)``: overlapping windows accumulate.
  ///
  /// - Parameter matrix: `[N P Q, R S C]`.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError`` where the matrix has another shape.
  /// - Complexity: O(N P Q R S C) additions.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func fold<Scalar: TensorScalar>(_ matrix: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    let lowering = wholeLowering
    try matrix.requireShape([lowering.pixels, lowering.columns], "column matrix")
    defer { withExtendedLifetime(matrix) {} }
    @inline(__always) func images<Sum: TensorScalar>(in sum: Sum.Type) throws(UnfoldError) -> Tensor<Sum> {
      var images = try Tensor<Sum>(zeros: inputShape)
      lowering.fold(
        matrix.base, stride: lowering.columns, pixels: 0..<lowering.pixels,
        columns: 0..<lowering.columns, rows: 0..<vertical.input, adding: images.mutableBase())
      return images
    }
    // Windows of many taps overlap so often that their sums go through double precision.
    if windowsOverPixel <= BlockSum.terms { return try images(in: Scalar.self) }
    return try images(in: Double.self).converted(to: Scalar.self)
  }

  /// The lowering of all channels, whatever the groups.
  private var wholeLowering: Lowering {
    Lowering(
      height: vertical.input, width: horizontal.input, channels: inputChannels, channelOffset: 0,
      channelCount: inputChannels, window: Extent(vertical.window, horizontal.window),
      stride: Extent(vertical.stride, horizontal.stride), dilation: Extent(vertical.dilation, horizontal.dilation),
      originHeight: -vertical.low, originWidth: -horizontal.low, outputHeight: vertical.output,
      outputWidth: horizontal.output, batch: batch)
  }
}
