extension ConvolutionGeometry {
  /// The gradient of a loss with respect to the convolution's bias, `biasGradient[k] = sum over n, p, q of
  /// outputGradient[n, p, q, k]`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, K]`, the gradient with respect to the output before the activation.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[K]`, summed over the batch.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where the tensor does not fit the geometry.
  /// - Complexity: N P Q K additions.
  public func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var biasGradient = try Tensor<Scalar>(uninitialized: biasShape)
    try self.biasGradient(outputGradient, into: &biasGradient, context: context)
    return biasGradient
  }

  /// As ``biasGradient(_:context:)``, into memory of the caller's, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into biasGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "output gradient")
    try biasGradient.requireShape(biasShape, "bias gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    try sumOverPixels(
      outputGradient.base, pixels: outputGradient.count / outputChannels, channels: outputChannels,
      into: try biasGradient.outputBase(), context)
  }
}

/// The sum of every channel over the pixels: `[pixels, channels] -> [channels]`.
///
/// The pixels are cut into segments by the shapes alone; each is summed by itself and the sums are added in order.
func sumOverPixels<Scalar: TensorScalar>(
  _ source: UnsafePointer<Scalar>, pixels: Int, channels: Int, into target: UnsafeMutablePointer<Scalar>,
  _ context: ExecutionContext
) throws(UnfoldError) {
  let segments = sumSegments(pixels: pixels, channels: channels)
  try context.withScratch(
    bytes: segments * channels * MemoryLayout<Scalar>.stride
  ) { (scratch) throws(UnfoldError) in
    let partials = scratch.assumingMemoryBound(to: Scalar.self)
    context.forEach(segments) { segment, _ in
      let sum = partials + segment * channels
      sum.update(repeating: 0, count: channels)
      for pixel in pixels * segment / segments..<pixels * (segment + 1) / segments {
        let row = source + pixel * channels
        for k in 0..<channels { sum[k] += row[k] }
      }
    }
    target.update(from: partials, count: channels)
    addPartials(partials + channels, count: segments - 1, elements: channels, to: target, .identity, context)
  }
}

/// At most 16 segments, each of 64 Ki additions or more.
func sumSegments(pixels: Int, channels: Int) -> Int { max(1, min(16, pixels * channels >> 16)) }
