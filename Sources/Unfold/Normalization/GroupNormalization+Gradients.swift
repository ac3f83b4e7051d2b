extension GroupNormalization {
  /// The gradients of a loss with respect to input, scale and shift.
  ///
  /// With d = 1 / √(variance + epsilon) and n = (x - mean) d, G the values of a group (`H W C / groups`) and g =
  /// outputGradient:
  ///
  /// ```
  /// shiftGradient[c] = sum over images and pixels of g        scaleGradient[c] = sum over images and pixels of g n
  /// inputGradient = d (scale g - sum over G of scale g / |G| - n sum over G of scale g n / |G|)
  /// ```
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, ..., C]`.
  ///   - input: What the forward pass was given.
  ///   - scale: What the forward pass was given.
  ///   - saved: What ``forward(_:scale:shift:context:)`` returned.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The three gradients.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C): small images are read from memory once, large ones twice.
  ///
  /// Source: Wu and He (2018).
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
    try outputGradient.requireShape(inputShape, "group normalization output gradient")
    try inputGradient.requireShape(inputShape, "group normalization input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    try differentiate(
      outputGradient.base, input, scale, saved, into: try inputGradient.outputBase(), &scaleGradient, &shiftGradient,
      context)
  }

  /// As ``gradients(_:input:scale:saved:context:)``, the input gradient in place of the output gradient.
  ///
  /// - Parameters:
  ///   - gradient: `[N, ..., C]`, the output gradient before and the input gradient after the call.
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
    try gradient.requireShape(inputShape, "group normalization output gradient")
    try differentiate(
      nil, input, scale, saved, into: gradient.mutableBase(), &scaleGradient, &shiftGradient, context)
  }

  private func differentiate<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>?, _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>,
    _ saved: SavedMoments<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>,
    _ scaleGradient: inout Tensor<Scalar>, _ shiftGradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "group normalization input")
    try requireParameter(scale, "scale")
    try saved.requireShape(savedShape)
    try requireParameter(scaleGradient, "scale gradient")
    try requireParameter(shiftGradient, "shift gradient")
    defer { withExtendedLifetime((input, scale, saved)) {} }
    let lanes = self.lanes
    var regions = ScratchRegions()
    let memory = LaneMemory<Scalar>(lanes, planes: LanePlane.gradient, threads: context.threads, in: &regions)
    // The sums of every image, which are added in the order of the images at the end.
    let imageShifts = regions.reserve(batch * channels, of: Double.self)
    let imageScales = regions.reserve(batch * channels, of: Double.self)
    let (ofScale, ofShift) = (try scaleGradient.outputBase(), try shiftGradient.outputBase())
    let (mean, remainder) = (saved.mean.base, saved.meanRemainder.base)
    let (inverse, scales) = (saved.inverseDeviation.base, scale.base)
    let isWide = inverse.areWide(batch * groups)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      let (shiftSums, scaleSums) = (imageShifts.base(in: scratch), imageScales.base(in: scratch))
      lanes.differentiateImages(
        input.base, outputGradient, into: inputGradient, rectifies: false, isWide: isWide, memory, scratch, context
      ) { image, slot in
        let first = image * groups
        fill(LanePlane.mean, of: slot) { _, group in mean[first + group] }
        fill(LanePlane.factor, of: slot) { c, group in scales[c] * inverse[first + group] }
        // Only relu would read the shift.
      } finish: { image, slot in
        let (gradients, products) = (slot.firstTotals, slot.secondTotals)
        for group in 0..<groups {
          let place = image * groups + group
          let (deviation, rest) = (Double(inverse[place]), Double(remainder[place]))
          var (gradientSum, productSum) = (0.0, 0.0)
          for c in group * groupChannels..<(group + 1) * groupChannels {
            // What the sum has with x - mean, for x - (mean + remainder).
            let product = (products[c] - rest * gradients[c]) * deviation
            shiftSums[image * channels + c] = gradients[c]
            scaleSums[image * channels + c] = product
            gradientSum = gradientSum.addingProduct(Double(scales[c]), gradients[c])
            productSum = productSum.addingProduct(Double(scales[c]), product)
          }
          // The totals have been read: their memory now holds the group's values for the planes.
          let share = -(isWide ? 1 : deviation) / groupCount
          products[group] = share * deviation * productSum
          gradients[group] = share * gradientSum - rest * products[group]
        }
        fill(LanePlane.slope, of: slot) { _, group in Scalar(products[group]) }
        fill(LanePlane.offset, of: slot) { _, group in Scalar(gradients[group]) }
        if isWide { fill(LanePlane.inverse, of: slot) { _, group in inverse[image * groups + group] } }
      }
      addImages(shiftSums, into: ofShift)
      addImages(scaleSums, into: ofScale)
    }
  }

  /// The sums of the images' sums, in the first image's memory, then in the gradient.
  private func addImages<Scalar: TensorScalar>(
    _ sums: UnsafeMutablePointer<Double>, into gradient: UnsafeMutablePointer<Scalar>
  ) {
    for image in 1..<max(batch, 1) {
      let values = sums + image * channels
      for c in 0..<channels { sums[c] += values[c] }
    }
    for c in 0..<channels { gradient[c] = Scalar(sums[c]) }
  }
}
