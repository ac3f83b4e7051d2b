extension TransposedConvolutionGeometry {
  /// The transposed convolution of a batch of images, with bias and activation.
  ///
  /// ```
  /// output[n, p, q, k] = f(bias[k] + sum over h, w, c with h * stride + r * dilation - top = p,
  ///     w * stride + s * dilation - left = q of input[n, h, w, c] * filter[r, s, k, c])
  /// ```
  ///
  /// Source: lecture, "The Upsampling Layer".
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - filter: `[R, S, K/groups, C]`.
  ///   - bias: `[K]`, or nil for none.
  ///   - activation: f.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, P, Q, K]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry.
  /// - Complexity: ``operations`` on all threads.
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, filter: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, activation: Activation = .identity,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try forward(input, filter: filter, bias: bias, activation: activation, into: &output, context: context)
    return output
  }

  /// As ``forward(_:filter:bias:activation:context:)``, into memory of the caller's, whatever it held.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, filter: Tensor<Scalar>, bias: Tensor<Scalar>?, activation: Activation = .identity,
    into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "input")
    try filter.requireShape(filterShape, "filter")
    try bias?.requireShape(biasShape, "bias")
    try output.requireShape(outputShape, "output")
    defer { withExtendedLifetime((input, filter, bias)) {} }
    try activation.validate()
    try adjoint.computeInputGradient(
      input.base, filter.base, bias: bias?.base, activation, into: try output.outputBase(), context)
  }

  /// The gradient of a loss with respect to the input: the adjoint convolution of the output gradient.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, K]`, the gradient with respect to the output before the activation.
  ///   - filter: `[R, S, K/groups, C]`.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry.
  /// - Complexity: ``operations`` on all threads.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try adjoint.forward(outputGradient, filter: filter, context: context)
  }

  /// As ``inputGradient(_:filter:context:)``, into memory of the caller's, whatever it held.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try adjoint.forward(outputGradient, filter: filter, bias: nil, into: &inputGradient, context: context)
  }

  /// The gradient of a loss with respect to the filter: the adjoint's, with input and output gradient in each other's
  /// place.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`, as it entered the forward pass.
  ///   - outputGradient: `[N, P, Q, K]`, the gradient with respect to the output before the activation.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[R, S, K/groups, C]`, summed over the batch.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry.
  /// - Complexity: ``operations`` on all threads.
  public func filterGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try adjoint.filterGradient(outputGradient, outputGradient: input, context: context)
  }

  /// As ``filterGradient(_:outputGradient:context:)``, into memory of the caller's, whatever it held.
  public func filterGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>, into filterGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try adjoint.filterGradient(outputGradient, outputGradient: input, into: &filterGradient, context: context)
  }

  /// The gradient of a loss with respect to the bias, `biasGradient[k] = sum over n, p, q of outputGradient[n, p, q, k]`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, K]`, the gradient with respect to the output before the activation.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[K]`.
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
