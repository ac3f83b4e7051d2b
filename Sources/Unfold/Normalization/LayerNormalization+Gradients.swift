extension LayerNormalization {
  /// The gradients of a loss with respect to input, scale and shift.
  ///
  /// With d = 1 / √(variance + epsilon), n = (x - mean) d and g = outputGradient, sums over the L values of a row
  /// unless said otherwise:
  ///
  /// ```
  /// shiftGradient = sum over rows of g        scaleGradient = sum over rows of g n
  /// inputGradient = d (scale g - sum of scale g / L - n sum of scale g n / L)
  /// ```
  ///
  /// - Parameters:
  ///   - outputGradient: Of shape ``inputShape``.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - saved: What ``forward(_:scale:shift:context:)`` returned.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The three gradients.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`): rows of up to 16 Ki elements are read from memory once, longer ones twice.
  ///
  /// Source: Ba, Kiros and Hinton (2016).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> NormalizationGradients<Scalar> {
    var gradients = NormalizationGradients<Scalar>(
      input: try Tensor(uninitialized: inputShape), scale: try Tensor(uninitialized: parameterShape),
      shift: try Tensor(uninitialized: parameterShape))
    try self.gradients(
      outputGradient, input: input, scale: scale, saved: saved, into: &gradients.input,
      scaleGradient: &gradients.scale, shiftGradient: &gradients.shift, context: context)
    return gradients
  }

  /// As ``gradients(_:input:scale:saved:context:)``, but writes the results to the three tensors.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>,
    into inputGradient: inout Tensor<Scalar>, scaleGradient: inout Tensor<Scalar>,
    shiftGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(inputShape, "layer normalization output gradient")
    try inputGradient.requireShape(inputShape, "layer normalization input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    try differentiate(
      outputGradient.base, input, scale, saved, into: try inputGradient.outputBase(), &scaleGradient, &shiftGradient,
      context)
  }

  /// As ``gradients(_:input:scale:saved:context:)``, the input gradient in place of the output gradient.
  ///
  /// - Parameters:
  ///   - gradient: Of shape ``inputShape``, the output gradient before and the input gradient after the call.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - saved: What the forward pass returned.
  ///   - scaleGradient: Is overwritten with the gradient of the scale.
  ///   - shiftGradient: Is overwritten with the gradient of the shift.
  ///   - context: The threads and the scratch memory.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func applyGradients<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>,
    scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try gradient.requireShape(inputShape, "layer normalization output gradient")
    try differentiate(
      nil, input, scale, saved, into: gradient.mutableBase(), &scaleGradient, &shiftGradient, context)
  }

  private func differentiate<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>?, _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>,
    _ saved: SavedMoments<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>,
    _ scaleGradient: inout Tensor<Scalar>, _ shiftGradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "layer normalization input")
    try scale.requireShape(parameterShape, "scale")
    try saved.requireShape(savedShape)
    try scaleGradient.requireShape(parameterShape, "scale gradient")
    try shiftGradient.requireShape(parameterShape, "shift gradient")
    defer { withExtendedLifetime((input, scale, saved)) {} }
    let pass = LayerGradientPass(
      partition: partition, input: input.base, outputGradient: outputGradient, inputGradient: inputGradient,
      scale: scale.base, mean: saved.mean.base, remainder: saved.meanRemainder.base,
      inverse: saved.inverseDeviation.base)
    let (ofScale, ofShift) = (try scaleGradient.outputBase(), try shiftGradient.outputBase())
    if partition.isLong {
      try pass.runLong(into: ofScale, ofShift, context)
    } else {
      try pass.runShort(into: ofScale, ofShift, context)
    }
  }
}
