/// The input gradient as the lecture's slides compute it: the output gradient, padded with zeros, convolved with the flipped
/// filter. For study and for tests; ``inputGradient(_:filter:context:)`` makes neither, and multiplies no inserted zero.
///
/// ```swift
/// let wide = try geometry.inputGradientConvolution().forward(
///   geometry.paddedOutputGradient(outputGradient), filter: geometry.flippedFilter(filter))
/// let (rows, columns) = (geometry.vertical, geometry.horizontal)
/// let padding = Padding.sides(top: rows.low, bottom: rows.high, left: columns.low, right: columns.high)
/// let inputGradient = try Cropping(input: wide.shape, by: padding).forward(wide)
/// ```
extension ConvolutionGeometry {
  /// The filter with its taps from the last to the first on both axes, and with input and output channels in each other's
  /// place.
  ///
  /// ```
  /// flipped[r, s, k, c] = filter[R - 1 - r, S - 1 - s, c, k]
  /// ```
  ///
  /// Source: lecture, "Computing the derivative for Y(l-1, m)" ("the transposed and flipped filter") and "Derivatives for a
  /// single layer l: Vector notation" (`Wflip = flipLeftRight(flipUpDown(W))`).
  ///
  /// - Parameter filter: `[R, S, C/groups, K]`.
  /// - Returns: `[R, S, K/groups, C]`, flipped within each group.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(R S C K / groups) copies.
  public func flippedFilter<Scalar: TensorScalar>(_ filter: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    try filter.requireShape(filterShape, "filter")
    var flipped = try Tensor<Scalar>(
      uninitialized: Shape(vertical.window, horizontal.window, outputChannels / groups, inputChannels))
    let target = try flipped.outputBase()
    for tap in 0..<vertical.window * horizontal.window { flip(filter.base, tap: tap, into: target) }
    withExtendedLifetime(filter) {}
    return flipped
  }

  /// Writes one tap of ``flippedFilter(_:)``, counted in row-major order.
  func flip<Scalar: TensorScalar>(
    _ filter: UnsafePointer<Scalar>, tap: Int, into flipped: UnsafeMutablePointer<Scalar>
  ) {
    let (groupChannels, groupFilters) = (inputChannels / groups, outputChannels / groups)
    // In this order, a tap and the one that it is flipped to are as far from either end.
    let source = vertical.window * horizontal.window - 1 - tap
    let from = filter + source * groupChannels * outputChannels
    let to = flipped + tap * groupFilters * inputChannels
    for group in 0..<groups {
      transpose(
        from: from + group * groupFilters, stride: outputChannels, rows: groupChannels, columns: groupFilters,
        into: to + group * groupChannels, stride: inputChannels)
    }
  }

  /// The output gradient with the zeros that the lecture puts around it, R - 1 rows and S - 1 columns on every side (the
  /// dilated window's extents less one), and with the stride's zeros between its pixels.
  ///
  /// ```
  /// padded[n, dilation (R - 1) + p stride, dilation (S - 1) + q stride, k] = outputGradient[n, p, q, k], 0 elsewhere
  /// ```
  ///
  /// It has `H + top + bottom + dilation (R - 1)` rows: behind the last pixel also those of the padded input that no
  /// window of this stride reaches.
  ///
  /// Source: lecture, "Derivative at Y(l-1, m) from a single Z(l, n) map" ("Zero pad with K - 1 rows and cols on every
  /// side"), "Derivatives for a single layer l: Vector notation" (`dzpad`) and "The size of the Y-derivative map".
  ///
  /// - Parameter outputGradient: `[N, P, Q, K]`.
  /// - Returns: The input of ``inputGradientConvolution()``.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count` of the result).
  public func paddedOutputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try outputGradient.requireShape(outputShape, "output gradient")
    var padded = try Tensor<Scalar>(zeros: paddedOutputGradientShape)
    let (source, target) = (outputGradient.base, padded.mutableBase())
    let (rows, columns) = (padded.shape[1], padded.shape[2])
    for image in 0..<batch {
      for p in 0..<vertical.output {
        let row = image * rows + vertical.covered - 1 + p * vertical.stride
        copyRuns(
          horizontal.output, of: outputChannels,
          from: source + (image * vertical.output + p) * horizontal.output * outputChannels, step: outputChannels,
          to: target + (row * columns + horizontal.covered - 1) * outputChannels,
          step: horizontal.stride * outputChannels)
      }
    }
    withExtendedLifetime(outputGradient) {}
    return padded
  }

  /// The convolution of ``paddedOutputGradient(_:)`` with ``flippedFilter(_:)``: stride 1, no padding, this one's dilation.
  /// Its output is the gradient of the *padded* input, `[N, H + top + bottom, W + left + right, C]`, whose border "must be
  /// deleted before further backprop".
  ///
  /// - Throws: ``UnfoldError`` for sizes that leave `Int32` for an axis.
  public func inputGradientConvolution() throws(UnfoldError) -> ConvolutionGeometry {
    try ConvolutionGeometry(
      input: paddedOutputGradientShape, filters: inputChannels, window: Extent(vertical.window, horizontal.window),
      dilation: Extent(vertical.dilation, horizontal.dilation), groups: groups)
  }

  private var paddedOutputGradientShape: Shape {
    func extent(_ axis: WindowAxis) -> Int { axis.input + axis.low + axis.high + axis.covered - 1 }
    return Shape(batch, extent(vertical), extent(horizontal), outputChannels)
  }
}
