extension ConvolutionGeometry {
  /// A validated 1-D convolution: the lecture's time-delay network, an image of one row.
  ///
  /// ```swift
  /// let geometry = try ConvolutionGeometry(series: [16, 100, 40], filters: 64, window: 5, padding: .same)
  /// let output = try geometry.forward(frames.reshaped(to: geometry.inputShape), filter: filter)
  /// ```
  ///
  /// Source: lecture, "Story so far".
  ///
  /// - Parameters:
  ///   - series: `[N, L, C]`: N series of L steps with C channels. The geometry's ``inputShape`` is `[N, 1, L, C]`, its
  ///     ``filterShape`` `[1, S, C/groups, K]`, its ``outputShape`` `[N, 1, Q, K]`.
  ///   - filters: K, the number of filters.
  ///   - window: S, the steps that a filter sees.
  ///   - stride: The step between two outputs.
  ///   - padding: Zeros before the first and after the last step.
  ///   - dilation: The step between two taps of the filter.
  ///   - groups: C and K are split into so many groups.
  /// - Throws: ``UnfoldError`` as ``init(input:filters:window:stride:padding:dilation:groups:algorithm:accuracy:)``.
  public init(
    series: Shape, filters: Int, window: Int, stride: Int = 1, padding: SeriesPadding = .valid, dilation: Int = 1,
    groups: Int = 1
  ) throws(UnfoldError) {
    guard series.rank == 3 else {
      throw .invalidArgument("convolution series", expected: "[N, L, C]", found: "\(series)")
    }
    let sides: Padding =
      switch padding {
      case .same: .same
      case .ends(let low, let high): .sides(top: 0, bottom: 0, left: low, right: high)
      }
    try self.init(
      input: [series[0], 1, series[1], series[2]], filters: filters, window: Extent(1, window),
      stride: Extent(1, stride), padding: sides, dilation: Extent(1, dilation), groups: groups)
  }
}

/// The zeros around a series.
public enum SeriesPadding: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// So many before the first and after the last step. A causal filter has `window - 1` before and none after.
  case ends(low: Int, high: Int)
  /// As many as give an output of `ceil(L / stride)` steps.
  case same

  /// No padding.
  public static let valid = SeriesPadding.ends(low: 0, high: 0)

  /// The same number at both ends.
  public init(integerLiteral value: Int) { self = .ends(low: value, high: value) }
}
