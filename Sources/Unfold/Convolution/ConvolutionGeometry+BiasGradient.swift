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
    try channelSums.write(outputGradient.base, to: try biasGradient.outputBase(), context)
  }

  /// The sums over the output's pixels.
  var channelSums: ChannelSums {
    ChannelSums(pixels: batch * vertical.output * horizontal.output, channels: outputChannels)
  }
}
