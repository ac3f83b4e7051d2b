extension ConvolutionGeometry {
  /// The convolution of a batch of images, with bias and activation.
  ///
  /// ```
  /// output[n, p, q, k] = f(bias[k] + sum over r, s, c of
  ///     input[n, p * stride + r * dilation - top, q * stride + s * dilation - left, c] * filter[r, s, c, k])
  /// ```
  ///
  /// Source: lecture, "Recap: Convolution", "Convolution with downsampling".
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - filter: `[R, S, C/groups, K]`.
  ///   - bias: `[K]`, or nil for none.
  ///   - activation: f, applied while a tile is in cache.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, P, Q, K]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry, and
  ///   ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: ``operations`` on all threads; scratch memory ``workspaceBytes(for:threads:accuracy:of:)``.
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
    try filter.requireShape(filterShape, "filter")
    defer { withExtendedLifetime(filter) {} }
    try forward(input, FilterOperand(base: filter.base), bias, activation, into: &output, context)
  }

  /// The forward pass with a filter that was given or packed, and that its caller keeps alive.
  @inline(__always)
  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, _ filter: FilterOperand<Scalar>, _ bias: Tensor<Scalar>?, _ activation: Activation,
    into output: inout Tensor<Scalar>, accumulates: Bool = false, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "input")
    try bias?.requireShape(biasShape, "bias")
    try output.requireShape(outputShape, "output")
    defer { withExtendedLifetime((input, bias)) {} }
    try activation.validate()
    try computeForward(
      input.base, filter, bias: bias?.base, activation, into: try output.outputBase(), accumulates: accumulates, context
    )
  }

  /// The forward pass on memory whose shapes have been checked.
  @inline(__always)
  func computeForward<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ filter: FilterOperand<Scalar>, bias: UnsafePointer<Scalar>?,
    _ activation: Activation, into output: UnsafeMutablePointer<Scalar>, accumulates: Bool = false,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    try ForwardMethod<Scalar>(self, filter.packed ?? context.accuracy, isPacked: filter.packed != nil).run(
      ImageOperands(
        source: input, filter: filter.base, bias: bias, activation: activation, target: output, accumulates: accumulates
      ),
      context)
  }
}
