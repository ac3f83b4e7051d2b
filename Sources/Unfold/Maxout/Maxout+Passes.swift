extension Maxout {
  /// The maximum of the blocks.
  ///
  /// - Parameters:
  ///   - input: `[..., T K]`.
  ///   - context: The threads.
  /// - Returns: `[..., K]`, and which block each number came from.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`), one pass.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, positions: MaxoutPositions) {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    var positions = try MaxoutPositions(for: self)
    try forward(input, into: &output, positions: &positions, context: context)
    return (output, positions)
  }

  /// As ``forward(_:context:)``, but writes the results to `output` and `positions`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, positions: inout MaxoutPositions,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try require(positions)
    defer { withExtendedLifetime(input) {} }
    let (source, target) = try output.outputBase(outputShape, "maxout output", from: input, inputShape, "maxout input")
    let bytes = try positions.outputBase()
    let (blocks, channels, pieces) = (blocks, channels, pieces)
    context.forEach(pieces.tasks) { task, _ in
      for row in pieces.rows(of: task) {
        let (x, y) = (source + row &* (blocks &* channels), target + row &* channels)
        let best = bytes + row &* channels
        for k in 0..<channels {
          y[k] = x[k]
          best[k] = 0
        }
        for block in 1..<max(1, blocks) {
          let z = x + block &* channels
          let number = UInt8(truncatingIfNeeded: block)
          for k in 0..<channels {
            // A NaN that is the maximum so far stays, because nothing is larger than it; a later one is taken.
            let isLarger = z[k] > y[k] || z[k] != z[k]
            y[k] = isLarger ? z[k] : y[k]
            best[k] = isLarger ? number : best[k]
          }
        }
      }
    }
  }

  /// The gradient of a loss with respect to the input: the gradient of each output goes to the block that its maximum
  /// came from.
  ///
  /// - Parameters:
  ///   - outputGradient: `[..., K]`.
  ///   - positions: What the forward pass returned.
  ///   - context: The threads.
  /// - Returns: `[..., T K]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`), one pass.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, positions: MaxoutPositions, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try self.inputGradient(outputGradient, positions: positions, into: &inputGradient, context: context)
    return inputGradient
  }

  /// As ``inputGradient(_:positions:context:)``, but writes the result to `inputGradient`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, positions: MaxoutPositions, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try require(positions)
    defer { withExtendedLifetime((outputGradient, positions)) {} }
    let (source, target) = try inputGradient.outputBase(
      inputShape, "maxout input gradient", from: outputGradient, outputShape, "maxout output gradient")
    let bytes = positions.base
    let (blocks, channels, pieces) = (blocks, channels, pieces)
    context.forEach(pieces.tasks) { task, _ in
      for row in pieces.rows(of: task) {
        let (dx, dy) = (target + row &* (blocks &* channels), source + row &* channels)
        let best = bytes + row &* channels
        for block in 0..<blocks {
          let dz = dx + block &* channels
          let number = UInt8(truncatingIfNeeded: block)
          for k in 0..<channels { dz[k] = best[k] == number ? dy[k] : 0 }
        }
      }
    }
  }

  private func require(_ positions: MaxoutPositions) throws(UnfoldError) {
    guard positions.byteCount == pixels * channels else {
      throw .invalidArgument(
        "maxout positions", expected: "\(pixels * channels), one for each output", found: "\(positions.byteCount)")
    }
  }
}
