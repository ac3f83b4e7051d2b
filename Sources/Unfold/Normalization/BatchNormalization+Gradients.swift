/// The gradients of a normalisation with respect to input, scale and shift.
public struct NormalizationGradients<Scalar: TensorScalar>: Sendable {
  /// Of the input's shape.
  public var input: Tensor<Scalar>
  /// Of the scale's shape.
  public var scale: Tensor<Scalar>
  /// Of the shift's shape.
  public var shift: Tensor<Scalar>
}

extension BatchNormalization {
  /// The gradients of a loss with respect to input, scale and shift.
  ///
  /// With g = outputGradient f'(y), d = 1 / √(variance + epsilon) and n = (x - mean) d, sums over the M pixels:
  ///
  /// ```
  /// shiftGradient = sum of g        scaleGradient = sum of g n
  /// inputGradient = scale d (g - shiftGradient / M - n scaleGradient / M)     .saved: moments depend on the input
  /// inputGradient = scale d g                                                 .running: they are constants
  /// ```
  ///
  /// Sums are made in `Scalar` over 32 pixels and in double precision over those. The output is not needed: where relu
  /// was applied, its derivative is taken at what the forward pass computed.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, ..., C]`, the gradient with respect to the output after f.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - shift: What the forward pass was given.
  ///   - moments: What the forward pass normalised by.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The three gradients.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C): input and output gradient are read twice (with constants and no relu the input once), the
  ///   input gradient is written once.
  ///
  /// Source: Ioffe and Szegedy (2015), section 3 and algorithm 2; with running averages the values of PyTorch's
  /// `batch_norm` in evaluation mode.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    moments: NormalizingMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> NormalizationGradients<Scalar> {
    var gradients = NormalizationGradients<Scalar>(
      input: try Tensor(uninitialized: inputShape), scale: try Tensor(uninitialized: parameterShape),
      shift: try Tensor(uninitialized: parameterShape))
    try self.gradients(
      outputGradient, input: input, scale: scale, shift: shift, moments: moments, into: &gradients.input,
      scaleGradient: &gradients.scale, shiftGradient: &gradients.shift, context: context)
    return gradients
  }

  /// As ``gradients(_:input:scale:shift:moments:context:)``, but writes the results to the three tensors.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    moments: NormalizingMoments<Scalar>, into inputGradient: inout Tensor<Scalar>,
    scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try gradients(
      outputGradient, input: input, scale: scale, shift: shift, moments: moments, adding: false, into: &inputGradient,
      scaleGradient: &scaleGradient, shiftGradient: &shiftGradient, context: context)
  }

  /// The same; if `adding`, the input gradient is added to what its memory holds.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  package func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    moments: NormalizingMoments<Scalar>, adding: Bool, into inputGradient: inout Tensor<Scalar>,
    scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    try outputGradient.requireShape(inputShape, "batch normalization output gradient")
    try inputGradient.requireShape(inputShape, "batch normalization input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    let target = adding ? inputGradient.mutableBase() : try inputGradient.outputBase()
    try differentiate(
      outputGradient.base, input, scale, shift, by: moments, into: target, adds: adding, &scaleGradient,
      &shiftGradient, context)
  }

  /// As ``gradients(_:input:scale:shift:moments:context:)``, the input gradient in place of the output gradient.
  ///
  /// - Parameters:
  ///   - gradient: `[N, ..., C]`, the output gradient before and the input gradient after the call.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - shift: What the forward pass was given.
  ///   - moments: What the forward pass normalised by.
  ///   - scaleGradient: Is overwritten with the gradient of the scale.
  ///   - shiftGradient: Is overwritten with the gradient of the shift.
  ///   - context: The threads and the scratch memory.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func applyGradients<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    moments: NormalizingMoments<Scalar>, scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try gradient.requireShape(inputShape, "batch normalization output gradient")
    try differentiate(
      nil, input, scale, shift, by: moments, into: gradient.mutableBase(), adds: false, &scaleGradient,
      &shiftGradient, context)
  }
}
