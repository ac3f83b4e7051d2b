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
    var gradients = NormalizationGradients<Scalar>(
      input: try Tensor(uninitialized: inputShape), scale: try Tensor(uninitialized: parameterShape),
      shift: try Tensor(uninitialized: parameterShape))
    try self.gradients(
      outputGradient, input: input, scale: scale, shift: shift, saved: saved, into: &gradients.input,
      scaleGradient: &gradients.scale, shiftGradient: &gradients.shift, context: context)
    return gradients
  }

  /// As ``gradients(_:input:scale:shift:saved:context:)``, but writes the results to the three tensors.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    saved: SavedMoments<Scalar>, into inputGradient: inout Tensor<Scalar>, scaleGradient: inout Tensor<Scalar>,
    shiftGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try gradients(
      outputGradient, input: input, scale: scale, shift: shift, saved: saved, adding: false, into: &inputGradient,
      scaleGradient: &scaleGradient, shiftGradient: &shiftGradient, context: context)
  }

  /// The same; if `adding`, the input gradient is added to what its memory holds.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    saved: SavedMoments<Scalar>, adding: Bool, into inputGradient: inout Tensor<Scalar>,
    scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    try outputGradient.requireShape(inputShape, "batch normalization output gradient")
    try inputGradient.requireShape(inputShape, "batch normalization input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    let target = adding ? inputGradient.mutableBase() : try inputGradient.outputBase()
    try differentiate(
      outputGradient.base, input, scale, shift, saved, into: target, adds: adding, &scaleGradient, &shiftGradient,
      context)
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
    try gradient.requireShape(inputShape, "batch normalization output gradient")
    try differentiate(
      nil, input, scale, shift, saved, into: gradient.mutableBase(), &scaleGradient, &shiftGradient, context)
  }

  private func differentiate<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>?, _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>,
    _ shift: Tensor<Scalar>, _ saved: SavedMoments<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>,
    adds: Bool = false,
    _ scaleGradient: inout Tensor<Scalar>, _ shiftGradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "batch normalization input")
    try requireParameters(scale, shift)
    try saved.requireShape(parameterShape)
    try scaleGradient.requireShape(parameterShape, "scale gradient")
    try shiftGradient.requireShape(parameterShape, "shift gradient")
    defer { withExtendedLifetime((input, scale, shift, saved)) {} }
    let lanes = self.lanes
    var regions = ScratchRegions()
    let memory = LaneMemory<Scalar>(lanes, planes: LanePlane.gradient, threads: context.threads, in: &regions)
    let (ofScale, ofShift) = (try scaleGradient.outputBase(), try shiftGradient.outputBase())
    let (mean, remainder) = (saved.mean.base, saved.meanRemainder.base)
    let (inverse, scales, shifts) = (saved.inverseDeviation.base, scale.base, shift.base)
    let count = Double(pixels)
    let isWide = inverse.areWide(channels)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      lanes.differentiateImages(
        input.base, outputGradient, into: inputGradient, rectifies: rectifies, adds: adds, isWide: isWide, memory,
        scratch, context
      ) { _, slot in
        fill(
          slot.table, slot.vector, mean: mean, remainder: remainder, inverse: inverse, scale: scales,
          shift: rectifies ? shifts : nil)
      } finish: { _, slot in
        let (gradients, products, vector) = (slot.firstTotals, slot.secondTotals, slot.vector)
        for c in 0..<channels {
          // What the sum has with x - mean, for x - (mean + remainder).
          products[c] = (products[c] - Double(remainder[c]) * gradients[c]) * Double(inverse[c])
          ofShift[c] = Scalar(gradients[c])
          ofScale[c] = Scalar(products[c])
          // The sums have been read: their memory now holds the planes' values.
          let share = -Double(scales[c]) * (isWide ? 1 : Double(inverse[c])) / count
          products[c] *= share * Double(inverse[c])
          gradients[c] = gradients[c] * share - Double(remainder[c]) * products[c]
          vector[c] = Scalar(products[c])
        }
        slot.table.fill(LanePlane.slope, with: vector)
        for c in 0..<channels { vector[c] = Scalar(gradients[c]) }
        slot.table.fill(LanePlane.offset, with: vector)
        if isWide { slot.table.fill(LanePlane.inverse, with: inverse) }
      }
    }
  }
}
