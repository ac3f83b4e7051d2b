extension ChannelScaling {
  /// The gradient of the loss with respect to the gate, `gateGradient[n, c] = sum over h, w of
  /// outputGradient[n, h, w, c] input[n, h, w, c]`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, H, W, C]`.
  ///   - input: `[N, H, W, C]`.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, C]`. The order of the additions depends on the shapes alone.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func gateGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var gateGradient = try Tensor<Scalar>(uninitialized: gateShape)
    try self.gateGradient(outputGradient, input: input, into: &gateGradient, context: context)
    return gateGradient
  }

  /// As ``gateGradient(_:input:context:)``, written over `gateGradient`, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
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
  ///   - gate: `[N, C]`.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The gradients of the input, `[N, H, W, C]`, and of the gate, `[N, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
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

  /// As ``gradients(_:input:gate:context:)``, written over `inputGradient` and `gateGradient`, whatever they held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
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

  /// Each piece of an image sums into a run of lanes of its own; then the lanes of a channel are added in order, piece
  /// by piece. While a run of the output gradient is in cache, its product with the gate is written too, if asked for.
  private func sumProducts<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ input: UnsafePointer<Scalar>,
    _ scaled: (gate: UnsafePointer<Scalar>, target: UnsafeMutablePointer<Scalar>)?,
    into gateGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let lanes = pieces.images * pieces.pieces * runLength
    let bytes = (lanes + context.threads * runLength) * MemoryLayout<Scalar>.stride
    try context.withScratch(bytes: bytes) { scratch throws(UnfoldError) in
      let partials = scratch.assumingMemoryBound(to: Scalar.self)
      context.forEach(pieces.tasks) { task, worker in
        let factors = partials + (lanes &+ worker &* runLength)
        for image in pieces.images(of: task) {
          let sums = partials + (image &* pieces.pieces &+ pieces.piece(of: task)) &* runLength
          sums.update(repeating: 0, count: runLength)
          if let scaled { repeatGate(scaled.gate + image &* channels, into: factors) }
          forEachRun(image, pieces.pixels(of: task)) { offset, length in
            let (dy, x) = (outputGradient + offset, input + offset)
            for i in 0..<length { sums[i] = sums[i].addingProduct(dy[i], x[i]) }
            guard let scaled else { return }
            let dx = scaled.target + offset
            for i in 0..<length { dx[i] = dy[i] * factors[i] }
          }
        }
      }
      let lanesOfImage = pieces.pieces &* pixelsPerRun
      for image in 0..<pieces.images {
        let sum = gateGradient + image &* channels
        let source = partials + image &* lanesOfImage &* channels
        sum.update(from: source, count: channels)
        for lane in 1..<lanesOfImage {
          let part = source + lane &* channels
          for c in 0..<channels { sum[c] += part[c] }
        }
      }
    }
  }
}
