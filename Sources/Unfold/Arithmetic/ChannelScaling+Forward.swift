extension ChannelScaling {
  /// The scaled maps, `output[n, h, w, c] = input[n, h, w, c] gate[n, c]`.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - gate: ``gateShape``.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C), each element read and written once.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, gate: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: inputShape)
    try forward(input, gate: gate, into: &output, context: context)
    return output
  }

  /// As ``forward(_:gate:context:)``, but writes the result to `output`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, gate: Tensor<Scalar>, into output: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try scale(input, "scaling input", by: gate, into: &output, "scaling output", context)
  }

  /// The gradient of the loss with respect to the input, `outputGradient[n, h, w, c] gate[n, c]`: the same product.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, H, W, C]`.
  ///   - gate: ``gateShape``.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, gate: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try self.inputGradient(outputGradient, gate: gate, into: &inputGradient, context: context)
    return inputGradient
  }

  /// As ``inputGradient(_:gate:context:)``, but writes the result to `inputGradient`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, gate: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try scale(
      outputGradient, "scaling output gradient", by: gate, into: &inputGradient, "scaling input gradient", context)
  }

  /// The product that both passes are. The names are for messages.
  private func scale<Scalar: TensorScalar>(
    _ maps: Tensor<Scalar>, _ name: StaticString, by gate: Tensor<Scalar>, into scaled: inout Tensor<Scalar>,
    _ scaledName: StaticString, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try gate.requireShape(gateShape, "gate")
    defer { withExtendedLifetime((maps, gate)) {} }
    let (source, target) = try scaled.outputBase(inputShape, "\(scaledName)", from: maps, inputShape, "\(name)")
    let gate = gate.base
    let bytes = context.threads * runLength * MemoryLayout<Scalar>.stride
    try context.withScratch(bytes: bytes) { scratch throws(UnfoldError) in
      let gates = scratch.assumingMemoryBound(to: Scalar.self)
      context.forEach(pieces.tasks) { task, worker in
        let factors = gates + worker &* runLength
        for image in pieces.rows(of: task) {
          repeatGate(gate + image &* channels, into: factors)
          forEachRun(image, pieces.elements(of: task)) { offset, length in
            let (x, y) = (source + offset, target + offset)
            for i in 0..<length { y[i] = x[i] * factors[i] }
          }
        }
      }
    }
  }

  /// Repeats the gate of one image for every pixel of a run.
  @inline(__always)
  func repeatGate<Scalar: TensorScalar>(_ gate: UnsafePointer<Scalar>, into factors: UnsafeMutablePointer<Scalar>) {
    for pixel in 0..<pixelsPerRun { (factors + pixel &* channels).update(from: gate, count: channels) }
  }

  /// Calls `body(offset, length)` for the runs of some pixels of an image; only the last may be shorter than
  /// ``runLength``.
  @inline(__always)
  func forEachRun(_ image: Int, _ pixels: Range<Int>, _ body: (_ offset: Int, _ length: Int) -> Void) {
    let first = image &* pieces.length
    var offset = (first &+ pixels.lowerBound) &* channels
    let end = (first &+ pixels.upperBound) &* channels
    while offset < end {
      let length = min(runLength, end &- offset)
      body(offset, length)
      offset &+= length
    }
  }
}
