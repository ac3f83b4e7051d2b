extension DenseGeometry {
  /// `output = f(input * weights + bias)`.
  ///
  /// ```
  ///          D               K             K
  ///      +-------+      +---------+    +--------+
  ///    N | input | *  D | weights | =  | output | N
  ///      +-------+      +---------+    +--------+
  /// ```
  ///
  /// Source: lecture, "Recap: A CNN, end-to-end".
  ///
  /// - Parameters:
  ///   - input: `[N, D]`, or `[N, ...]` with D elements a row.
  ///   - weights: `[D, K]`.
  ///   - bias: `[K]`, or nil for none.
  ///   - activation: f.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, K]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry.
  /// - Complexity: ``operations`` on all threads.
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, weights: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, activation: Activation = .identity,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try forward(input, weights: weights, bias: bias, activation: activation, into: &output, context: context)
    return output
  }

  /// As ``forward(_:weights:bias:activation:context:)``, but writes the result to the caller's memory.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, weights: Tensor<Scalar>, bias: Tensor<Scalar>?, activation: Activation = .identity,
    into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try weights.requireShape(weightsShape, "weights")
    defer { withExtendedLifetime(weights) {} }
    try forward(input, FilterOperand(base: weights.base), bias, activation, into: &output, context)
  }

  /// ``forward(_:weights:bias:activation:context:)`` with weights that were packed for ``convolution`` as a filter `[1,
  /// 1, D, K]`, into memory of the caller's.
  ///
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry,
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for weights that were packed for another one.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, packed weights: PackedFilter<Scalar>, bias: Tensor<Scalar>?,
    activation: Activation = .identity, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(weights) {} }
    try forward(input, weights.operand(of: convolution), bias, activation, into: &output, context)
  }

  /// The forward pass with weights that were given or packed, and that their caller keeps alive.
  @inline(__always)
  private func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, _ weights: FilterOperand<Scalar>, _ bias: Tensor<Scalar>?, _ activation: Activation,
    into output: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try requireRows(input, "input")
    try bias?.requireShape(biasShape, "bias")
    try output.requireShape(outputShape, "output")
    try activation.validate()
    defer { withExtendedLifetime((input, bias)) {} }
    try convolution.computeForward(
      input.base, weights, bias: bias?.base, activation, into: try output.outputBase(), context)
  }

  /// `inputGradient = outputGradient * weights^T`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, K]`, the gradient with respect to the output before the activation.
  ///   - weights: `[D, K]`.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, D]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry.
  /// - Complexity: ``operations`` on all threads.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, weights: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try self.inputGradient(outputGradient, weights: weights, into: &inputGradient, context: context)
    return inputGradient
  }

  /// As ``inputGradient(_:weights:context:)``, but writes the result to the caller's memory: `[N, ...]` with D elements
  /// a row.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, weights: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "output gradient")
    try weights.requireShape(weightsShape, "weights")
    try requireRows(inputGradient, "input gradient")
    defer { withExtendedLifetime((outputGradient, weights)) {} }
    try convolution.computeInputGradient(
      outputGradient.base, weights.base, bias: nil, .identity, into: try inputGradient.outputBase(), context)
  }

  /// `weightsGradient = input^T * outputGradient`, summed over the batch.
  ///
  /// - Parameters:
  ///   - input: `[N, D]`, or `[N, ...]` with D elements a row.
  ///   - outputGradient: `[N, K]`, the gradient with respect to the output before the activation.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[D, K]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry.
  /// - Complexity: ``operations`` on all threads.
  public func weightsGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var weightsGradient = try Tensor<Scalar>(uninitialized: weightsShape)
    try self.weightsGradient(input, outputGradient: outputGradient, into: &weightsGradient, context: context)
    return weightsGradient
  }

  /// As ``weightsGradient(_:outputGradient:context:)``, but writes the result to the caller's memory.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func weightsGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>, into weightsGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireRows(input, "input")
    try outputGradient.requireShape(outputShape, "output gradient")
    try weightsGradient.requireShape(weightsShape, "weights gradient")
    defer { withExtendedLifetime((input, outputGradient)) {} }
    try convolution.computeFilterGradient(
      input.base, outputGradient.base, into: try weightsGradient.outputBase(), context)
  }

  /// `biasGradient[k] = sum over n of outputGradient[n, k]`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, K]`, the gradient with respect to the output before the activation.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[K]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry.
  /// - Complexity: N K additions.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try ChannelSums(of: outputShape).biasGradient(outputGradient, context)
  }

  /// As ``biasGradient(_:context:)``, but writes the result to the caller's memory.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into biasGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try ChannelSums(of: outputShape).write(outputGradient, to: &biasGradient, context)
  }
}
