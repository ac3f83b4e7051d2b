/// Adaptive mean pooling. All sums are in double precision.
extension AdaptivePooling {
  /// The mean of each window.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - context: The threads to use.
  /// - Returns: `[N, P, Q, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N (H + P) (W + Q) C). Scratch memory: C doubles a thread.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func mean<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try mean(input, into: &output, context: context)
    return output
  }

  /// As ``mean(_:context:)``, but writes the result to `output`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func mean<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(input) {} }
    let (source, target) = try output.outputBase(
      outputShape, "adaptive pooling output", from: input, inputShape, "adaptive pooling input")
    let (bands, channels) = (outputBands, channels)
    try context.withScratch(bytes: context.threads * bands.blockChannels * MemoryLayout<Double>.stride) { scratch in
      context.forEach(bands.tasks) { task, worker in
        let block = bands.channels(of: task)
        let sums = scratch.assumingMemoryBound(to: Double.self) + worker &* bands.blockChannels
        for row in bands.rows(of: task) {
          let (image, p) = row.quotientAndRemainder(dividingBy: vertical.output)
          let rows = vertical.window(p)
          for q in 0..<horizontal.output {
            let columns = horizontal.window(q)
            sums.update(repeating: 0, count: block.count)
            for h in rows {
              let line = (image &* vertical.input &+ h) &* horizontal.input
              for w in columns {
                add(source + ((line &+ w) &* channels &+ block.lowerBound), times: 1, to: sums, block.count)
              }
            }
            write(
              sums, times: 1 / Double(rows.count &* columns.count),
              to: target + ((row &* horizontal.output &+ q) &* channels &+ block.lowerBound), block.count)
          }
        }
      }
    }
  }

  /// The gradient of the input: each output gradient is shared out evenly over its window.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, C]`.
  ///   - context: The threads to use.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N (H + P) (W + Q) C). Scratch memory: C doubles a thread.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func meanInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try meanInputGradient(outputGradient, into: &inputGradient, context: context)
    return inputGradient
  }

  /// As ``meanInputGradient(_:context:)``, but writes the result to `inputGradient`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func meanInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(outputGradient) {} }
    let (source, target) = try inputGradient.outputBase(
      inputShape, "adaptive pooling input gradient", from: outputGradient, outputShape,
      "adaptive pooling output gradient")
    try gather(into: target, context) { sums, window in
      let share = 1 / Double(vertical.window(window.row).count &* horizontal.window(window.column).count)
      add(source + window.offset, times: share, to: sums, window.channels)
    }
  }
}

@inline(__always)
private func add<Scalar: TensorScalar>(
  _ pixel: UnsafePointer<Scalar>, times factor: Double, to sums: UnsafeMutablePointer<Double>, _ count: Int
) {
  for i in 0..<count { sums[i] = sums[i].addingProduct(factor, Double(pixel[i])) }
}
