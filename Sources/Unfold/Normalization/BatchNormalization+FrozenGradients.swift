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
    var gradients = NormalizationGradients<Scalar>(
      input: try Tensor(uninitialized: inputShape), scale: try Tensor(uninitialized: parameterShape),
      shift: try Tensor(uninitialized: parameterShape))
    try frozenGradients(
      outputGradient, input: input, scale: scale, shift: shift, running: running, into: &gradients.input,
      scaleGradient: &gradients.scale, shiftGradient: &gradients.shift, context: context)
    return gradients
  }

  /// As ``frozenGradients(_:input:scale:shift:running:context:)``, but writes the results to the three tensors.
  public func frozenGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>, into inputGradient: inout Tensor<Scalar>, scaleGradient: inout Tensor<Scalar>,
    shiftGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try frozenGradients(
      outputGradient, input: input, scale: scale, shift: shift, running: running, adding: false, into: &inputGradient,
      scaleGradient: &scaleGradient, shiftGradient: &shiftGradient, context: context)
  }

  /// The same; if `adding`, the input gradient is added to what its memory holds.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func frozenGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>, adding: Bool, into inputGradient: inout Tensor<Scalar>,
    scaleGradient: inout Tensor<Scalar>, shiftGradient: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    try outputGradient.requireShape(inputShape, "batch normalization output gradient")
    try inputGradient.requireShape(inputShape, "batch normalization input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    let target = adding ? inputGradient.mutableBase() : try inputGradient.outputBase()
    try differentiateFrozen(
      outputGradient.base, input, scale, shift, running, into: target, adds: adding, &scaleGradient, &shiftGradient,
      context)
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
    try gradient.requireShape(inputShape, "batch normalization output gradient")
    try differentiateFrozen(
      nil, input, scale, shift, running, into: gradient.mutableBase(), adds: false, &scaleGradient, &shiftGradient,
      context)
  }

  private func differentiateFrozen<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>?, _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>,
    _ shift: Tensor<Scalar>, _ running: RunningMoments<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>,
    adds: Bool, _ scaleGradient: inout Tensor<Scalar>, _ shiftGradient: inout Tensor<Scalar>,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "batch normalization input")
    try requireParameters(scale, shift)
    try running.requireShape(parameterShape)
    try scaleGradient.requireShape(parameterShape, "scale gradient")
    try shiftGradient.requireShape(parameterShape, "shift gradient")
    defer { withExtendedLifetime((input, scale, shift, running)) {} }
    let lanes = self.lanes
    var regions = ScratchRegions()
    let memory = LaneMemory<Scalar>(lanes, planes: LanePlane.forward, threads: context.threads, in: &regions)
    let inverses = regions.reserve(channels, of: Scalar.self)
    let (ofScale, ofShift) = (try scaleGradient.outputBase(), try shiftGradient.outputBase())
    let (mean, variance, scales, shifts) = (running.mean.base, running.variance.base, scale.base, shift.base)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      let inverse = inverses.base(in: scratch)
      lanes.differentiateImages(
        input.base, outputGradient, into: inputGradient, rectifies: rectifies, adds: adds, isFrozen: true, memory,
        scratch, context
      ) { _, slot in
        fill(inverse, fromVariances: variance)
        fill(
          slot.table, slot.vector, mean: mean, remainder: nil, inverse: inverse, scale: scales,
          shift: rectifies ? shifts : nil)
      } finish: { _, slot in
        for c in 0..<channels {
          ofShift[c] = Scalar(slot.firstTotals[c])
          ofScale[c] = Scalar(slot.secondTotals[c] * Double(inverse[c]))
        }
      }
    }
  }
}
