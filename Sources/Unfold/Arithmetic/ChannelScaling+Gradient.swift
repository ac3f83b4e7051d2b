extension ChannelScaling {
  /// The gradient of the loss with respect to the gate, `gateGradient[n, c] = sum over h, w of
  /// outputGradient[n, h, w, c] input[n, h, w, c]`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, H, W, C]`.
  ///   - input: `[N, H, W, C]`.
  ///   - context: The threads and the scratch memory.
  /// - Returns: ``gateShape``. The order of the additions depends on the shapes alone.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func gateGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var gateGradient = try Tensor<Scalar>(uninitialized: gateShape)
    try self.gateGradient(outputGradient, input: input, into: &gateGradient, context: context)
    return gateGradient
  }

  /// As ``gateGradient(_:input:context:)``, but writes the result to `gateGradient`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func gateGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, into gateGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(inputShape, "scaling output gradient")
    try input.requireShape(inputShape, "scaling input")
    try gateGradient.requireShape(gateShape, "gate gradient")
    defer { withExtendedLifetime((outputGradient, input)) {} }
    try sumProducts(outputGradient.base, input.base, nil, into: try gateGradient.outputBase(), context)
  }

  /// Both gradients in one pass, so that the output gradient is read once: ``inputGradient(_:gate:context:)`` and
  /// ``gateGradient(_:input:context:)``, bit for bit.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, H, W, C]`.
  ///   - input: `[N, H, W, C]`.
  ///   - gate: ``gateShape``.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The gradients of the input, `[N, H, W, C]`, and of the gate, ``gateShape``.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, gate: Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (input: Tensor<Scalar>, gate: Tensor<Scalar>) {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    var gateGradient = try Tensor<Scalar>(uninitialized: gateShape)
    try gradients(
      outputGradient, input: input, gate: gate, into: &inputGradient, gateGradient: &gateGradient, context: context)
    return (inputGradient, gateGradient)
  }

  /// As ``gradients(_:input:gate:context:)``, but writes the results to `inputGradient` and `gateGradient`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, gate: Tensor<Scalar>,
    into inputGradient: inout Tensor<Scalar>, gateGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(inputShape, "scaling output gradient")
    try input.requireShape(inputShape, "scaling input")
    try gate.requireShape(gateShape, "gate")
    try inputGradient.requireShape(inputShape, "scaling input gradient")
    try gateGradient.requireShape(gateShape, "gate gradient")
    defer { withExtendedLifetime((outputGradient, input, gate)) {} }
    try sumProducts(
      outputGradient.base, input.base, (gate: gate.base, target: try inputGradient.outputBase()),
      into: try gateGradient.outputBase(), context)
  }

  /// Each piece of an image has partial sums of its own: blocks of runs are accumulated in `Scalar`, and the blocks in
  /// double precision. Then the partial sums of a channel are added in order, piece by piece. If the caller wants the
  /// input gradient too, it is written while that part of the output gradient is in cache.
  private func sumProducts<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ input: UnsafePointer<Scalar>,
    _ scaled: (gate: UnsafePointer<Scalar>, target: UnsafeMutablePointer<Scalar>)?,
    into gateGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    // In double precision: the sums of every channel of each piece, and the partial sums of each thread. Then the block
    // and the gates of each thread.
    let partialCount = pieces.rows * pieces.pieces * channels
    let wideBytes = (partialCount + context.threads * runLength) * MemoryLayout<Double>.stride
    let bytes = wideBytes + 2 * context.threads * runLength * MemoryLayout<Scalar>.stride
    try context.withScratch(bytes: bytes) { scratch throws(UnfoldError) in
      let partials = scratch.assumingMemoryBound(to: Double.self)
      let works = (scratch + wideBytes).assumingMemoryBound(to: Scalar.self)
      context.forEach(pieces.tasks) { task, worker in
        let totals = partials + (partialCount &+ worker &* runLength)
        let block = works + 2 &* worker &* runLength
        let factors = block + runLength
        for image in pieces.rows(of: task) {
          if let scaled { repeatGate(scaled.gate + image &* channels, into: factors) }
          totals.update(repeating: 0, count: runLength)
          block.update(repeating: 0, count: runLength)
          var runs = 0
          forEachRun(image, pieces.elements(of: task)) { offset, length in
            let (dy, x) = (outputGradient + offset, input + offset)
            for i in 0..<length { block[i] = block[i].addingProduct(dy[i], x[i]) }
            runs &+= 1
            if runs == Self.blockRuns {
              addBlock(block, to: totals, isFirst: false, runLength)
              block.update(repeating: 0, count: runLength)
              runs = 0
            }
            guard let scaled else { return }
            let dx = scaled.target + offset
            for i in 0..<length { dx[i] = dy[i] * factors[i] }
          }
          addBlock(block, to: totals, isFirst: false, runLength)
          let sum = partials + (image &* pieces.pieces &+ pieces.piece(of: task)) &* channels
          sum.update(repeating: 0, count: channels)
          for pixel in 0..<pixelsPerRun { add(totals + pixel &* channels, to: sum) }
        }
      }
      for image in 0..<pieces.rows {
        let sum = partials + image &* pieces.pieces &* channels
        for piece in 1..<max(1, pieces.pieces) { add(sum + piece &* channels, to: sum) }
        let target = gateGradient + image &* channels
        for c in 0..<channels { target[c] = Scalar(sum[c]) }
      }
    }
  }

  /// The runs of a block, whose products are accumulated in `Scalar`.
  private static var blockRuns: Int { 32 }

  @inline(__always)
  private func add(_ source: UnsafePointer<Double>, to sum: UnsafeMutablePointer<Double>) {
    for c in 0..<channels { sum[c] += source[c] }
  }
}
