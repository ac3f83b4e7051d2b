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
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try ChannelSums(of: outputShape).biasGradient(outputGradient, context)
  }

  /// As ``biasGradient(_:context:)``, into memory of the caller's, whatever it held.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into biasGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try ChannelSums(of: outputShape).write(outputGradient, to: &biasGradient, context)
  }
}
