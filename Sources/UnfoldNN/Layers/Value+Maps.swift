import Unfold

/// Pooling, resampling and shapes.
extension Value {
  /// The maximum of each window; windows side by side unless a stride is given.
  public func maximumPooling(
    _ window: Extent, stride: Extent? = nil, padding: Padding = .valid, dilation: Extent = 1,
    rounding: OutputRounding = .floor, name: String? = nil
  ) throws(GraphError) -> Value {
    try applying(
      PoolingLayer(
        .maximum, window: window, stride: stride, padding: padding, dilation: dilation, rounding: rounding), name: name)
  }

  /// The mean of each window; windows side by side unless a stride is given. A divisor takes the place of the number of
  /// taps.
  public func meanPooling(
    _ window: Extent, stride: Extent? = nil, padding: Padding = .valid, dilation: Extent = 1,
    rounding: OutputRounding = .floor, countIncludesPadding: Bool = true, divisor: Int? = nil, name: String? = nil
  ) throws(GraphError) -> Value {
    try applying(
      PoolingLayer(
        .mean(countIncludesPadding: countIncludesPadding, divisor: divisor), window: window, stride: stride,
        padding: padding,
        dilation: dilation, rounding: rounding), name: name)
  }

  /// The mean of each map, as a vector `[C]`.
  public func globalMeanPooling(name: String? = nil) throws(GraphError) -> Value {
    try applying(PoolingLayer(.mean(countIncludesPadding: false), window: nil), name: name).flatten()
  }

  /// The maximum of each map, as a vector `[C]`.
  public func globalMaximumPooling(name: String? = nil) throws(GraphError) -> Value {
    try applying(PoolingLayer(.maximum, window: nil), name: name).flatten()
  }

  /// The mean of as many windows as the output has pixels, for maps of any size.
  public func adaptiveMeanPooling(to output: Extent, name: String? = nil) throws(GraphError) -> Value {
    try applying(AdaptivePoolingLayer(.mean, output: output), name: name)
  }

  /// The maximum of as many windows as the output has pixels, for maps of any size.
  public func adaptiveMaximumPooling(to output: Extent, name: String? = nil) throws(GraphError) -> Value {
    try applying(AdaptivePoolingLayer(.maximum, output: output), name: name)
  }

  /// Maps of another size.
  public func resampled(_ kind: Resampling.Kind, name: String? = nil) throws(GraphError) -> Value {
    try applying(ResamplingLayer(kind), name: name)
  }

  /// The elements of a map as one vector, in the order of memory.
  public func flatten(name: String? = nil) throws(GraphError) -> Value { try applying(Flattening(), name: name) }

  /// The same elements under another shape.
  public func reshaped(to shape: Shape, name: String? = nil) throws(GraphError) -> Value {
    try applying(Reshaping(to: shape), name: name)
  }

  /// Zeros around the map, or another border.
  public func padded(
    by amounts: Padding, with border: BorderPadding.Border = .zeros, name: String? = nil
  ) throws(GraphError) -> Value {
    try applying(ArrangementLayer(.padded(amounts, with: border)), name: name)
  }

  /// The map without some rows and columns at its sides.
  public func cropped(by amounts: Padding, name: String? = nil) throws(GraphError) -> Value {
    try applying(ArrangementLayer(.cropped(amounts)), name: name)
  }

  /// `[H, W, C f²]` as `[H f, W f, C]`.
  public func pixelShuffle(_ factor: Int, name: String? = nil) throws(GraphError) -> Value {
    try applying(ArrangementLayer(.shuffled(factor: factor)), name: name)
  }

  /// `[H f, W f, C]` as `[H, W, C f²]`.
  public func pixelUnshuffle(_ factor: Int, name: String? = nil) throws(GraphError) -> Value {
    try applying(ArrangementLayer(.unshuffled(factor: factor)), name: name)
  }

  /// Some adjacent channels of the map.
  public func channels(_ range: Range<Int>, name: String? = nil) throws(GraphError) -> Value {
    try applying(ArrangementLayer(.sliced(channels: range)), name: name)
  }

  /// The first channels of each group, then the second, and so on.
  public func channelShuffle(_ groups: Int, name: String? = nil) throws(GraphError) -> Value {
    try applying(ArrangementLayer(.interleaved(groups: groups)), name: name)
  }

  /// The map mirrored or turned.
  public func turned(_ symmetry: Symmetry, name: String? = nil) throws(GraphError) -> Value {
    try applying(ArrangementLayer(.turned(symmetry)), name: name)
  }
}
