/// Max pooling, forward.
extension PoolingGeometry: MaximumPooling {
  /// Room for the positions of this pooling.
  ///
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  public func emptyPositions() throws(UnfoldError) -> MaximumPositions { try MaximumPositions(for: self) }

  /// The largest value of each window, and where it was.
  ///
  /// ```
  /// output(n, p, q, c) = max over r, s of input(n, p stride - top + dilation r, q stride - left + dilation s, c)
  /// ```
  ///
  /// Of equal maxima the first in row-major order wins. A NaN is larger than any number, and the first NaN wins.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - output: Is overwritten: `[N, P, Q, C]`.
  ///   - saved: Is overwritten: the positions that the gradient needs. Those of another pooling are replaced.
  ///   - context: The threads and the scratch memory.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N P Q R S C).
  ///
  /// Source: the lecture's "Max Pooling layer at layer l".
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func maximum<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, saved: inout MaximumPositions,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(input) {} }
    let (source, target) = try output.outputBase(
      outputShape, "pooling output", from: input, inputShape, "pooling input")
    let places = try saved.outputBase(for: self)
    let (isNarrow, placeBytes) = (MaximumPositions.isNarrow(self), MaximumPositions.placeBytes(self))
    let kernels = Scalar._kernels
    let bands = outputBands
    let (rectangles, streams) = (rectangles(of: .output), streams(target))
    context.forEach(bands.tasks) { task, _ in
      let block = bands.channels(of: task)
      rectangles.forEach(rows: bands.rows(of: task), streams: streams) { rectangle, from, to in
        kernels.takeMaxima(
          rectangle.channels(block.count), source: source + from + block.lowerBound,
          target: target + to + block.lowerBound, places: places + (to + block.lowerBound) * placeBytes,
          isNarrow: isNarrow)
      }
      if streams { StreamedStores.finish() }
    }
  }
}
