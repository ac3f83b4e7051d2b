/// The moments that a batch normalisation normalised by, which its gradients need.
public enum NormalizingMoments<Scalar: TensorScalar>: Sendable {
  /// The batch's, in training, as ``BatchNormalization/trainingForward(_:scale:shift:updating:context:)`` returned them:
  /// they depend on the input.
  case saved(SavedMoments<Scalar>)
  /// The running averages, frozen, for fine-tuning, where
  /// ``BatchNormalization/inferenceForward(_:scale:shift:running:context:)`` was the forward pass: they are constants.
  case running(RunningMoments<Scalar>)

  /// Whether they do not depend on the input.
  fileprivate var areConstant: Bool { if case .running = self { true } else { false } }

  fileprivate func requireShape(_ shape: Shape) throws(UnfoldError) {
    switch self {
    case .saved(let moments): try moments.requireShape(shape)
    case .running(let moments): try moments.requireShape(shape)
    }
  }
}

/// The one backward pass, of training and of frozen averages.
extension BatchNormalization {
  func differentiate<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>?, _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>,
    _ shift: Tensor<Scalar>, by moments: NormalizingMoments<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>,
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
        input.base, outputGradient, into: inputGradient, activation: activation, adds: adds, isFrozen: remainder == nil,
        isWide: isWide, memory, scratch, context
      ) { _, slot in
        fill(
          slot.table, slot.vector, mean: mean, remainder: remainder, inverse: inverse, scale: scales,
          shift: activation == .identity ? nil : shifts)
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
    to moments: NormalizingMoments<Scalar>, _ memory: UnsafeMutablePointer<Scalar>
  ) -> (mean: UnsafePointer<Scalar>, remainder: UnsafePointer<Scalar>?, inverse: UnsafePointer<Scalar>) {
    switch moments {
    case .saved(let saved): return (saved.mean.base, saved.meanRemainder.base, saved.inverseDeviation.base)
    case .running(let running):
      fill(memory, fromVariances: running.variance.base)
      return (running.mean.base, nil, UnsafePointer(memory))
    }
  }
}
