extension BatchNormalization {
  /// Normalises by the running averages: an affine map of every channel.
  ///
  /// ```
  /// y = f((x - running mean) / √(running variance + epsilon) scale + shift)
  /// ```
  ///
  /// - Parameters:
  ///   - input: `[N, ..., C]`.
  ///   - scale: `[C]`.
  ///   - shift: `[C]`.
  ///   - running: The running averages.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The same shape. A negative running variance beyond epsilon makes its channel NaN.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C), one pass. After a convolution,
  ///   ``folded(filter:bias:scale:shift:running:)`` leaves nothing to do.
  ///
  /// Source: Ioffe and Szegedy (2015), algorithm 2.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inferenceForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, running: RunningMoments<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: inputShape)
    try inferenceForward(input, scale: scale, shift: shift, running: running, into: &output, context: context)
    return output
  }

  /// As ``inferenceForward(_:scale:shift:running:context:)``, but writes the result to `output`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inferenceForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, running: RunningMoments<Scalar>,
    into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "batch normalization input")
    try requireParameters(scale, shift)
    try running.requireShape(parameterShape)
    try output.requireShape(inputShape, "batch normalization output")
    defer { withExtendedLifetime((input, scale, shift, running)) {} }
    let lanes = self.lanes
    var regions = ScratchRegions()
    let planes = regions.reserve(
      LaneTable<Scalar>.elements(lanes, planes: LanePlane.forward), of: Scalar.self)
    let inverses = regions.reserve(channels, of: Scalar.self)
    let vectors = regions.reserve(channels, of: Scalar.self)
    let (source, target) = (input.base, try output.outputBase())
    let variance = running.variance.base
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      let table = LaneTable(lanes: lanes, planes: LanePlane.forward, base: planes.base(in: scratch))
      let inverse = inverses.base(in: scratch)
      fill(inverse, fromVariances: variance)
      fill(
        table, vectors.base(in: scratch), mean: running.mean.base, remainder: nil, inverse: inverse,
        scale: scale.base, shift: shift.base)
      context.forEach(lanes.passTasks) { task, _ in
        lanes.normalize(task: task, source, table, activation, into: target)
      }
    }
  }

  /// `1 / √(variance + epsilon)` of every channel.
  @inline(__always)
  func fill<Scalar: TensorScalar>(
    _ inverse: UnsafeMutablePointer<Scalar>, fromVariances variance: UnsafePointer<Scalar>
  ) {
    for c in 0..<channels {
      inverse[c] = Scalar(inverseDeviation(squares: Double(variance[c]), count: 1, epsilon: epsilon))
    }
  }
}
