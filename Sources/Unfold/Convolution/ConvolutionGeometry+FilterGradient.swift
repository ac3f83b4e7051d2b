extension ConvolutionGeometry {
  /// The gradient of a loss with respect to the convolution's filter.
  ///
  /// ```
  /// filterGradient[r, s, c, k] = sum over n, p, q of
  ///     input[n, p * stride + r * dilation - top, q * stride + s * dilation - left, c] * outputGradient[n, p, q, k]
  /// ```
  ///
  /// Source: lecture, "The filter derivative": the input, padded as in the forward pass, is convolved with the output
  /// gradient.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`, as it entered the forward pass.
  ///   - outputGradient: `[N, P, Q, K]`, the gradient with respect to the output before the activation.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[R, S, C/groups, K]`, summed over the batch.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry, and
  ///   ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: ``operations`` on all threads; scratch memory ``workspaceBytes(for:threads:accuracy:of:)``.
  public func filterGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var filterGradient = try Tensor<Scalar>(uninitialized: filterShape)
    try self.filterGradient(input, outputGradient: outputGradient, into: &filterGradient, context: context)
    return filterGradient
  }

  /// As ``filterGradient(_:outputGradient:context:)``, into memory of the caller's, whatever it held.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func filterGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>, into filterGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "input")
    try outputGradient.requireShape(outputShape, "output gradient")
    try filterGradient.requireShape(filterShape, "filter gradient")
    defer { withExtendedLifetime((input, outputGradient)) {} }
    try computeFilterGradient(input.base, outputGradient.base, into: try filterGradient.outputBase(), context)
  }

  /// The filter gradient on memory whose shapes have been checked.
  @inline(__always)
  func computeFilterGradient<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>,
    into filterGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try FilterGradientMethod<Scalar>(self, context.accuracy).run(
      FilterGradientOperands(input: input, outputGradient: outputGradient, filterGradient: filterGradient), context)
  }
}
