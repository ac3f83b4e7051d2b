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
  /// The gradients of a loss with respect to input, scale and shift, in training: mean and variance depend on the
  /// input.
  ///
  /// With g = outputGradient f'(y), d = 1 / √(variance + epsilon) and n = (x - mean) d, sums over the M pixels:
  ///
  /// ```
  /// shiftGradient = sum of g        scaleGradient = sum of g n
  /// inputGradient = scale d (g - shiftGradient / M - n scaleGradient / M)
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
  ///   - saved: What ``trainingForward(_:scale:shift:updating:context:)`` returned.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The three gradients.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C): input and output gradient are read twice, the input gradient is written once.
  ///
  /// Source: Ioffe and Szegedy (2015), section 3.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    saved: SavedMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> NormalizationGradients<Scalar> {
    try makeGradients(outputGradient, input, scale, shift, by: .saved(saved), context)
  }

  /// As ``gradients(_:input:scale:shift:saved:context:)``, but writes the results to the three tensors.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    saved: SavedMoments<Scalar>, into inputGradient: inout Tensor<Scalar>, scaleGradient: inout Tensor<Scalar>,
    shiftGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try differentiate(
      outputGradient, input, scale, shift, by: .saved(saved), adding: false, into: &inputGradient, &scaleGradient,
      &shiftGradient, context)
  }

  /// The same; if `adding`, the input gradient is added to what its memory holds.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    saved: SavedMoments<Scalar>, adding: Bool, into inputGradient: inout Tensor<Scalar>,
    scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    try differentiate(
      outputGradient, input, scale, shift, by: .saved(saved), adding: adding, into: &inputGradient, &scaleGradient,
      &shiftGradient, context)
  }

  /// As ``gradients(_:input:scale:shift:saved:context:)``, the input gradient in place of the output gradient.
  ///
  /// - Parameters:
  ///   - gradient: `[N, ..., C]`, the output gradient before and the input gradient after the call.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - shift: What the forward pass was given.
  ///   - saved: What the forward pass returned.
  ///   - scaleGradient: Is overwritten with the gradient of the scale.
  ///   - shiftGradient: Is overwritten with the gradient of the shift.
  ///   - context: The threads and the scratch memory.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func applyGradients<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    saved: SavedMoments<Scalar>, scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try differentiate(
      inPlace: &gradient, input, scale, shift, by: .saved(saved), &scaleGradient, &shiftGradient, context)
  }
}
