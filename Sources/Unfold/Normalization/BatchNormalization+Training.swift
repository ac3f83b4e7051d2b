extension BatchNormalization {
  /// Normalises by the moments of the batch and updates the running averages with them.
  ///
  /// Mean and variance are those of the input's numbers in double precision, to the precision of `Scalar`, however far
  /// from 0 the mean and however large or small the numbers are; the differences from the mean must be finite. Both are
  /// read in one pass, block by block, without a difference of large sums.
  ///
  /// - Parameters:
  ///   - input: `[N, ..., C]`.
  ///   - scale: `[C]` (the paper's gamma).
  ///   - shift: `[C]` (the paper's beta).
  ///   - running: The running averages, which are updated.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The output, of the input's shape, and what ``gradients(_:input:scale:shift:moments:context:)`` needs.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``, and
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for one value a channel, which has no variance.
  /// - Complexity: O(N H W C): the input is read twice, the output written once.
  ///
  /// Source: Ioffe and Szegedy (2015), algorithm 1.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func trainingForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    updating running: inout RunningMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: SavedMoments<Scalar>) {
    var output = try Tensor<Scalar>(uninitialized: inputShape)
    var saved = try SavedMoments<Scalar>(uninitialized: parameterShape)
    try trainingForward(
      input, scale: scale, shift: shift, updating: &running, into: &output, saved: &saved, context: context)
    return (output, saved)
  }

  /// As ``trainingForward(_:scale:shift:updating:context:)``, but writes the results to `output` and `saved`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func trainingForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    updating running: inout RunningMoments<Scalar>, into output: inout Tensor<Scalar>,
    saved: inout SavedMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    guard pixels > 1 else {
      throw .invalidArgument(
        "batch normalization input", expected: "2 or more values a channel to train with", found: "\(inputShape)")
    }
    try input.requireShape(inputShape, "batch normalization input")
    try requireParameters(scale, shift)
    try running.requireShape(parameterShape)
    try saved.requireShape(parameterShape)
    try output.requireShape(inputShape, "batch normalization output")
    defer { withExtendedLifetime((input, scale, shift)) {} }
    let lanes = self.lanes
    var regions = ScratchRegions()
    let memory = LaneMemory<Scalar>(lanes, planes: LanePlane.forward, threads: context.threads, in: &regions)
    let target = try output.outputBase()
    let moments = try SavedMomentsPointers(&saved)
    let averages = RunningMomentsPointers(&running, momentum: momentum)
    let (scales, shifts) = (scale.base, shift.base)
    let count = Double(pixels)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      lanes.normalizeImages(
        input.base, into: target, activation: activation, epsilon: epsilon, memory, scratch, context
      ) { _, slot in
        let (means, squares) = (slot.firstTotals, slot.secondTotals)
        for c in 0..<channels {
          moments.save(c, mean: means[c], squares: squares[c], count: count, epsilon: epsilon)
          averages.take(c, mean: means[c], variance: squares[c] / (count - 1))
        }
        fill(
          slot.table, slot.vector, mean: moments.mean, remainder: UnsafePointer(moments.remainder),
          inverse: moments.inverse, scale: scales, shift: shifts)
      }
    }
  }

  /// Throws unless scale and shift are `[C]`.
  func requireParameters<Scalar>(_ scale: Tensor<Scalar>, _ shift: Tensor<Scalar>) throws(UnfoldError) {
    try scale.requireShape(parameterShape, "scale")
    try shift.requireShape(parameterShape, "shift")
  }

  /// Fills the planes mean, factor and shift: the same numbers in the forward pass and for the gradients.
  ///
  /// ```
  /// (x - (mean + remainder)) factor + shift = (x - mean) factor + (shift - remainder factor)
  /// ```
  ///
  /// The shift is nil for gradients without relu, which do not read its plane.
  @inline(__always)
  func fill<Scalar: TensorScalar>(
    _ table: LaneTable<Scalar>, _ vector: UnsafeMutablePointer<Scalar>, mean: UnsafePointer<Scalar>,
    remainder: UnsafePointer<Scalar>?, inverse: UnsafePointer<Scalar>, scale: UnsafePointer<Scalar>,
    shift: UnsafePointer<Scalar>?
  ) {
    table.fill(LanePlane.mean, with: mean)
    for c in 0..<channels { vector[c] = scale[c] * inverse[c] }
    table.fill(LanePlane.factor, with: vector)
    guard let shift else { return }
    guard let remainder else {
      table.fill(LanePlane.shift, with: shift)
      return
    }
    for c in 0..<channels { vector[c] = shiftWithout(remainder[c], factor: vector[c], shift: shift[c]) }
    table.fill(LanePlane.shift, with: vector)
  }
}

/// `shift - remainder factor`; the shift itself where nothing remains, also where the factor is infinite.
@inline(__always)
func shiftWithout<Scalar: TensorScalar>(_ remainder: Scalar, factor: Scalar, shift: Scalar) -> Scalar {
  remainder == 0 ? shift : shift.addingProduct(-remainder, factor)
}
