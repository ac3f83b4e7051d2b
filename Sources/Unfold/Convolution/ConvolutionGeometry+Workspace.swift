/// A convolution's four passes.
public enum ConvolutionDirection: String, CaseIterable, Hashable, Sendable {
  /// Input, filter and bias to output (benchdnn's `FWD_B`).
  case forward
  /// Output gradient and filter to input gradient (`BWD_D`).
  case inputGradient
  /// Input and output gradient to filter gradient (`BWD_W`).
  case filterGradient
  /// Output gradient to bias gradient.
  case biasGradient
}

extension ConvolutionGeometry {
  /// The scratch memory that one pass takes from its context, in bytes. A context keeps the largest it was asked for.
  ///
  /// With e bytes an element and T threads, and every other number a function of the shapes alone:
  /// ```
  /// forward          T * tile * block of R S C/g * e                                   (at most T * 4 MiB)
  /// input gradient   flipped filter + T * (tile * block of taps K/g + tile * C/g) * e  (columns at most 4 MiB a thread)
  /// filter gradient  (segments - 1) * filter + T * tile * block of R S C/g * e         (at most 8 MiB + T * 1 MiB)
  /// bias gradient    segments * K * e                                                  (at most 16 K e)
  /// ```
  /// The bounds hold where one row of 16 columns fits them, which they do up to 65,536 pixels a tile. 1x1 convolutions
  /// with stride 1 lower nothing; depthwise ones have no column matrix.
  ///
  /// - Parameters:
  ///   - direction: Which pass.
  ///   - threads: T, the context's threads.
  ///   - scalarBytes: e, 4 for `Float` and 8 for `Double`.
  public func workspaceBytes(for direction: ConvolutionDirection, threads: Int, scalarBytes: Int) -> Int {
    switch direction {
    case .forward:
      if isDepthwise { return 0 }
      return threads * forwardPlan(elementBytes: scalarBytes).columnElements * scalarBytes
    case .inputGradient:
      if isDepthwise { return 0 }
      let phases = GradientPhase.all(of: self, elementBytes: scalarBytes)
      return ((flippedFilterElements(phases) * scalarBytes + 63) & ~63)
        + threads * inputGradientScratchElements(phases) * scalarBytes
    case .filterGradient:
      if isDepthwise { return depthwisePartialElements * scalarBytes }
      let plan = filterGradientPlan(elementBytes: scalarBytes)
      let partials = ((plan.segments - 1) * plan.rows * outputChannels + 15) & ~15
      return (partials + threads * plan.columnElements) * scalarBytes
    case .biasGradient:
      let pixels = batch * vertical.output * horizontal.output
      return sumSegments(pixels: pixels, channels: outputChannels) * outputChannels * scalarBytes
    }
  }
}
