extension BatchNormalization {
  /// The gradients of a loss with respect to input, scale and shift where the running averages are frozen, for
  /// fine-tuning, where ``inferenceForward(_:scale:shift:running:context:)`` was the forward pass. Mean and variance
  /// are constants.
  ///
  /// With g = outputGradient f'(y) and d = 1 / √(running variance + epsilon), sums over the M pixels:
  ///
  /// ```
  /// shiftGradient = sum of g        scaleGradient = sum of g (x - running mean) d
  /// inputGradient = g scale d
  /// ```
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, ..., C]`, the gradient with respect to the output after f.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - shift: What the forward pass was given.
  ///   - running: What the forward pass was given.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The three gradients.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C): input and output gradient are read once for the sums, and the output gradient (with relu
  ///   the input too) once more.
  ///
  /// Source: Ioffe and Szegedy (2015), algorithm 2; the values of PyTorch's `batch_norm` in evaluation mode.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func frozenGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> NormalizationGradients<Scalar> {
    try makeGradients(outputGradient, input, scale, shift, by: .running(running), context)
  }

  /// As ``frozenGradients(_:input:scale:shift:running:context:)``, but writes the results to the three tensors.
  public func frozenGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>, into inputGradient: inout Tensor<Scalar>, scaleGradient: inout Tensor<Scalar>,
    shiftGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try differentiate(
      outputGradient, input, scale, shift, by: .running(running), adding: false, into: &inputGradient, &scaleGradient,
      &shiftGradient, context)
  }

  /// The same; if `adding`, the input gradient is added to what its memory holds.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func frozenGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>, adding: Bool, into inputGradient: inout Tensor<Scalar>,
    scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    try differentiate(
      outputGradient, input, scale, shift, by: .running(running), adding: adding, into: &inputGradient, &scaleGradient,
      &shiftGradient, context)
  }

  /// As ``frozenGradients(_:input:scale:shift:running:context:)``, the input gradient in place of the output gradient.
  ///
  /// - Parameters:
  ///   - gradient: `[N, ..., C]`, the output gradient before and the input gradient after the call.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - shift: What the forward pass was given.
  ///   - running: What the forward pass was given.
  ///   - scaleGradient: Is overwritten with the gradient of the scale.
  ///   - shiftGradient: Is overwritten with the gradient of the shift.
  ///   - context: The threads and the scratch memory.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func applyFrozenGradients<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>, scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try differentiate(
      inPlace: &gradient, input, scale, shift, by: .running(running), &scaleGradient, &shiftGradient, context)
  }
}
