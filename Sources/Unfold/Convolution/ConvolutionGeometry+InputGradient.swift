extension ConvolutionGeometry {
  /// The gradient of a loss with respect to the convolution's input.
  ///
  /// ```
  /// inputGradient[n, h, w, c] = sum over r, s, k of outputGradient[n, p, q, k] * filter[r, s, c, k]
  ///     where p * stride + r * dilation - top = h and q * stride + s * dilation - left = w
  /// ```
  ///
  /// Source: lecture, "Derivative at Y(l-1, m) from a single Z(l, n) map": the output gradient, padded with R - 1 zeros,
  /// is convolved with the flipped, transposed filter. For strides above 1 the lecture inserts zeros first; here each of
  /// the stride x stride phases is a convolution of its own.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, K]`, the gradient with respect to the output before the activation.
  ///   - filter: `[R, S, C/groups, K]`.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry, and
  ///   ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: ``operations`` on all threads; scratch memory ``workspaceBytes(for:threads:accuracy:of:)``.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try self.inputGradient(outputGradient, filter: filter, into: &inputGradient, context: context)
    return inputGradient
  }

  /// As ``inputGradient(_:filter:context:)``, into memory of the caller's, whatever it held.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try self.inputGradient(outputGradient, filter: filter, adding: false, into: &inputGradient, context: context)
  }

  /// Whether the input gradient can be added to what its memory holds.
  package func canAddInputGradient<Scalar: TensorScalar>(_ scalar: Scalar.Type) -> Bool {
    canAdd && !FoldedInputGradient<Scalar>.suits(self)
  }

  /// ``inputGradient(_:filter:into:context:)``, or, where ``canAddInputGradient(_:)``, added to what `inputGradient` holds.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  package func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>, adding: Bool, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "output gradient")
    try filter.requireShape(filterShape, "filter")
    try inputGradient.requireShape(inputShape, "input gradient")
    precondition(!adding || canAddInputGradient(Scalar.self), "sums are for pointwise convolutions only")
    defer { withExtendedLifetime((outputGradient, filter)) {} }
    let target = adding ? inputGradient.mutableBase() : try inputGradient.outputBase()
    try computeInputGradient(
      outputGradient.base, filter.base, bias: nil, .identity, into: target, accumulates: adding, context)
  }

  /// The input gradient on memory whose shapes have been checked; or the forward pass of the transposed convolution,
  /// which adds a bias and has an activation.
  @inline(__always)
  func computeInputGradient<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>?,
    _ activation: Activation, into inputGradient: UnsafeMutablePointer<Scalar>, accumulates: Bool = false,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    try InputGradientMethod<Scalar>(self, context.accuracy).run(
      ImageOperands(
        source: outputGradient, filter: filter, bias: bias, activation: activation, target: inputGradient,
        accumulates: accumulates),
      context)
  }
}
