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
  /// forward          (segments - 1) * output + T * columns
  /// input gradient   flipped filter + (segments - 1) * input + T * (columns + tile)
  /// filter gradient  (segments - 1) * filter + T * columns
  /// bias gradient    segments * K * e
  /// ```
  /// The partial sums of the segments take at most 8 MiB, the columns of one thread at most 1.9 MiB, one tile at most
  /// 384 pixels; the flipped filter is as large as the filter, and absent for 1x1. 1x1 convolutions with stride 1 have
  /// no columns, depthwise ones neither columns nor a flipped filter.
  ///
  /// - Parameters:
  ///   - direction: Which pass.
  ///   - threads: T, the context's threads.
  ///   - scalarBytes: e, 4 for `Float` and 8 for `Double`.
  public func workspaceBytes(for direction: ConvolutionDirection, threads: Int, scalarBytes: Int) -> Int {
    switch direction {
    case .forward:
      if isDepthwise { return 0 }
      let plan = forwardPlan(elementBytes: scalarBytes)
      return ((plan.segments - 1) * plan.pixels * outputChannels + threads * plan.columnElements) * scalarBytes
    case .inputGradient:
      if isDepthwise { return 0 }
      let phases = GradientPhase.all(of: self, elementBytes: scalarBytes)
      return inputGradientMemory(phases).elements(threads: threads) * scalarBytes
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

  /// The input gradient's scratch memory, in elements.
  struct InputGradientMemory {
    /// 0 where no phase has two taps, because BLAS then takes the transpose itself.
    let flippedFilter: Int
    /// All segments but the first.
    let partials: Int
    /// One worker's columns, and its tile where that is spread afterwards.
    let worker: Int

    func elements(threads: Int) -> Int { flippedFilter + partials + threads * worker }
  }

  func inputGradientMemory(_ phases: [GradientPhase]) -> InputGradientMemory {
    // Only a phase that covers the input is summed in segments, and it is the only phase then.
    let segments = phases.map(\.plan.segments).max() ?? 1
    return InputGradientMemory(
      flippedFilter: phases.contains { $0.taps > 1 }
        ? vertical.window * horizontal.window * inputChannels / groups * outputChannels : 0,
      partials: (segments - 1) * batch * vertical.input * horizontal.input * inputChannels,
      worker: phases.map { phase in
        phase.plan.columnElements + (phase.coversInput ? 0 : phase.plan.tilePixels * phase.plan.blockFilters)
      }.max() ?? 0)
  }
}
