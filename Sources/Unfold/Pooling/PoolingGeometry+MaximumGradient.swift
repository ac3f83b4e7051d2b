/// Max pooling, backward.
extension PoolingGeometry {
  /// The gradient of the input: each output gradient goes to the element that was its window's maximum, and the
  /// gradients of an element that several windows chose are added up.
  ///
  /// ```
  /// inputGradient(saved(n, p, q, c)) += outputGradient(n, p, q, c)
  /// ```
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, C]`.
  ///   - saved: What ``maximum(_:context:)`` of the same geometry returned.
  ///   - inputGradient: Is overwritten: `[N, H, W, C]`.
  ///   - context: The threads and the scratch memory.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``, and
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for positions of another geometry.
  /// - Complexity: O(N (H W + P Q R S) C).
  ///
  /// Source: the lecture's "Derivative of max pooling layer at layer l".
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func maximumInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, saved: MaximumPositions, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try saved.require(self)
    defer { withExtendedLifetime((outputGradient, saved)) {} }
    let (source, target) = try inputGradient.outputBase(
      inputShape, "pooling input gradient", from: outputGradient, outputShape, "pooling output gradient")
    let (isNarrow, placeBytes) = (MaximumPositions.isNarrow(self), MaximumPositions.placeBytes(self))
    let kernels = Scalar._kernels
    let bands = inputBands
    let (rectangles, streams) = (rectangles(of: .input), streams(target))
    // Each input pixel gathers from the windows over it, in their order.
    context.forEach(bands.tasks) { task, _ in
      let block = bands.channels(of: task)
      rectangles.forEach(rows: bands.rows(of: task), streams: streams) { rectangle, from, to in
        kernels.routeToMaxima(
          rectangle.channels(block.count), source: source + from + block.lowerBound,
          places: saved.base + (from + block.lowerBound) * placeBytes, isNarrow: isNarrow,
          target: target + to + block.lowerBound)
      }
      if streams { StreamedStores.finish() }
    }
  }
}
