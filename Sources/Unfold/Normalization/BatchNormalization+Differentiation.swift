/// Where mean and deviation come from that gradients are taken with.
enum MomentSource<Scalar: TensorScalar> {
  /// The batch, in training: they depend on the input.
  case saved(SavedMoments<Scalar>)
  /// The running averages, which are frozen: they are constants.
  case running(RunningMoments<Scalar>)

  /// Whether they do not depend on the input.
  var areConstant: Bool { if case .running = self { true } else { false } }

  func requireShape(_ shape: Shape) throws(UnfoldError) {
    switch self {
    case .saved(let moments): try moments.requireShape(shape)
    case .running(let moments): try moments.requireShape(shape)
    }
  }
}

/// The one backward pass, of training and of frozen averages.
extension BatchNormalization {
  /// The gradients in memory of their own.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func makeGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>, _ shift: Tensor<Scalar>,
    by moments: MomentSource<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) -> NormalizationGradients<Scalar> {
    var gradients = NormalizationGradients<Scalar>(
      input: try Tensor(uninitialized: inputShape), scale: try Tensor(uninitialized: parameterShape),
      shift: try Tensor(uninitialized: parameterShape))
    try differentiate(
      outputGradient, input, scale, shift, by: moments, adding: false, into: &gradients.input, &gradients.scale,
      &gradients.shift, context)
    return gradients
  }

  /// The gradients in given memory; if `adding`, the input gradient is added to what its memory holds.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func differentiate<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>, _ shift: Tensor<Scalar>,
    by moments: MomentSource<Scalar>, adding: Bool, into inputGradient: inout Tensor<Scalar>,
    _ scaleGradient: inout Tensor<Scalar>, _ shiftGradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try outputGradient.requireShape(inputShape, "batch normalization output gradient")
    try inputGradient.requireShape(inputShape, "batch normalization input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    let target = adding ? inputGradient.mutableBase() : try inputGradient.outputBase()
    try differentiate(
      outputGradient.base, input, scale, shift, by: moments, into: target, adds: adding, &scaleGradient,
      &shiftGradient, context)
  }

  /// The gradients, that of the input in place of the output's.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func differentiate<Scalar: TensorScalar>(
    inPlace gradient: inout Tensor<Scalar>, _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>,
    _ shift: Tensor<Scalar>, by moments: MomentSource<Scalar>, _ scaleGradient: inout Tensor<Scalar>,
    _ shiftGradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try gradient.requireShape(inputShape, "batch normalization output gradient")
    try differentiate(
      nil, input, scale, shift, by: moments, into: gradient.mutableBase(), adds: false, &scaleGradient,
      &shiftGradient, context)
  }

  private func differentiate<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>?, _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>,
    _ shift: Tensor<Scalar>, by moments: MomentSource<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>,
    adds: Bool, _ scaleGradient: inout Tensor<Scalar>, _ shiftGradient: inout Tensor<Scalar>,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "batch normalization input")
    try requireParameters(scale, shift)
    try moments.requireShape(parameterShape)
    try scaleGradient.requireShape(parameterShape, "scale gradient")
    try shiftGradient.requireShape(parameterShape, "shift gradient")
    defer { withExtendedLifetime((input, scale, shift, moments)) {} }
    let lanes = self.lanes
    var regions = ScratchRegions()
    let memory = LaneMemory<Scalar>(
      lanes, planes: moments.areConstant ? LanePlane.forward : LanePlane.gradient, threads: context.threads,
      in: &regions)
    let inverses = regions.reserve(moments.areConstant ? channels : 0, of: Scalar.self)
    let (ofScale, ofShift) = (try scaleGradient.outputBase(), try shiftGradient.outputBase())
    let (scales, shifts) = (scale.base, shift.base)
    let count = Double(pixels)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      let (mean, remainder, inverse) = pointers(to: moments, inverses.base(in: scratch))
      let isWide = remainder != nil && inverse.areWide(channels)
      lanes.differentiateImages(
        input.base, outputGradient, into: inputGradient, rectifies: rectifies, adds: adds, isFrozen: remainder == nil,
        isWide: isWide, memory, scratch, context
      ) { _, slot in
        fill(
          slot.table, slot.vector, mean: mean, remainder: remainder, inverse: inverse, scale: scales,
          shift: rectifies ? shifts : nil)
      } finish: { _, slot in
        let (gradients, products, vector) = (slot.firstTotals, slot.secondTotals, slot.vector)
        for c in 0..<channels {
          // What the sum has with x - mean, for x - (mean + remainder).
          if let remainder { products[c] -= Double(remainder[c]) * gradients[c] }
          products[c] *= Double(inverse[c])
          ofShift[c] = Scalar(gradients[c])
          ofScale[c] = Scalar(products[c])
        }
        guard let remainder else { return }
        // The sums are read: their memory takes what the planes need.
        for c in 0..<channels {
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

  /// Mean, what was rounded away of it, and inverse deviation; constants have no remainder, and their inverse deviations are
  /// written to `memory`.
  @inline(__always)
  private func pointers<Scalar: TensorScalar>(
    to moments: MomentSource<Scalar>, _ memory: UnsafeMutablePointer<Scalar>
  ) -> (mean: UnsafePointer<Scalar>, remainder: UnsafePointer<Scalar>?, inverse: UnsafePointer<Scalar>) {
    switch moments {
    case .saved(let saved): return (saved.mean.base, saved.meanRemainder.base, saved.inverseDeviation.base)
    case .running(let running):
      fill(memory, fromVariances: running.variance.base)
      return (running.mean.base, nil, UnsafePointer(memory))
    }
  }
}
