extension FilterTransform {
  /// The transformed filters.
  ///
  /// - Parameters:
  ///   - filter: `[R, S, C, K]`.
  ///   - context: The threads to use.
  /// - Returns: `[R', S', C, K]`. A tap without weights is zero.
  /// - Throws: ``UnfoldError`` for another number of axes or another window, or where memory is refused.
  /// - Complexity: O(entries C K).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ filter: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try requireWindow(source, filter.shape, "filter")
    var output = try Tensor<Scalar>(uninitialized: filter.shape.with(target))
    try forward(filter, into: &output, context: context)
    return output
  }

  /// As ``forward(_:context:)``, but writes the result to `output`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ filter: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireWindow(source, filter.shape, "filter")
    try output.requireShape(filter.shape.with(target), "transformed filter")
    defer { withExtendedLifetime(filter) {} }
    sumTaps(
      sumsOfTargets, filter.base, elements: filter.shape[2] * filter.shape[3], into: try output.outputBase(),
      accumulating: false, context)
  }

  /// The gradient of the filter from that of the transformed filter: the transposed map.
  ///
  /// - Parameters:
  ///   - outputGradient: `[R', S', C, K]`.
  ///   - context: The threads to use.
  /// - Returns: `[R, S, C, K]`.
  /// - Throws: ``UnfoldError`` for another number of axes or another window, or where memory is refused.
  /// - Complexity: O(entries C K).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func filterGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try requireWindow(target, outputGradient.shape, "gradient of the transformed filter")
    var filterGradient = try Tensor<Scalar>(uninitialized: outputGradient.shape.with(source))
    try self.filterGradient(outputGradient, into: &filterGradient, context: context)
    return filterGradient
  }

  /// As ``filterGradient(_:context:)``, but writes the result to `filterGradient`, or, if `accumulating`, added to it:
  /// the gradient of a filter that is applied under several transforms is the sum of theirs.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func filterGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into filterGradient: inout Tensor<Scalar>, accumulating: Bool = false,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireWindow(target, outputGradient.shape, "gradient of the transformed filter")
    try filterGradient.requireShape(outputGradient.shape.with(source), "filter gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    sumTaps(
      sumsOfSources, outputGradient.base, elements: outputGradient.shape[2] * outputGradient.shape[3],
      into: accumulating ? filterGradient.mutableBase() : try filterGradient.outputBase(),
      accumulating: accumulating, context)
  }

  private func requireWindow(_ window: Extent, _ shape: Shape, _ name: String) throws(UnfoldError) {
    guard shape.rank == 4 else { throw .invalidArgument(name, expected: "[R, S, C, K]", found: "\(shape)") }
    try shape.requireElements(name)
    try shape.requireWindow(window, name)
  }

  /// Each task takes some elements of every tap, so that the taps it reads stay in cache while their sums are formed.
  private func sumTaps<Scalar: TensorScalar>(
    _ sums: TapSums, _ source: UnsafePointer<Scalar>, elements: Int, into target: UnsafeMutablePointer<Scalar>,
    accumulating: Bool, _ context: ExecutionContext
  ) {
    let chunk = 512
    let chunks = ceilingDivision(elements, chunk)
    let chunksPerTask = min(max(65_536 / (chunk * max(sums.taps.count, 1)), 1), max(chunks, 1))
    context.forEach(ceilingDivision(chunks, chunksPerTask)) { task, _ in
      for number in task &* chunksPerTask..<min((task &+ 1) &* chunksPerTask, chunks) {
        let first = number &* chunk
        let length = min(chunk, elements &- first)
        for tap in 0..<sums.starts.count &- 1 {
          let y = target + (tap &* elements &+ first)
          let terms = sums.starts[tap]..<sums.starts[tap &+ 1]
          if terms.isEmpty && !accumulating { y.update(repeating: 0, count: length) }
          for term in terms {
            let x = source + (sums.taps[term] &* elements &+ first)
            let weight = Scalar(sums.weights[term])
            if term == terms.lowerBound && !accumulating {
              for i in 0..<length { y[i] = weight * x[i] }
            } else {
              for i in 0..<length { y[i] = y[i].addingProduct(weight, x[i]) }
            }
          }
        }
      }
    }
  }
}

extension Shape {
  /// The shape of filters of another window.
  fileprivate func with(_ window: Extent) -> Shape { Shape(window.height, window.width, self[2], self[3]) }

  fileprivate func requireWindow(_ window: Extent, _ name: String) throws(UnfoldError) {
    guard self[0] == window.height, self[1] == window.width else {
      throw .shapeMismatch(of: name, expected: with(window), found: self)
    }
  }
}
