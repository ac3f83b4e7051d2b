extension GroupNormalization {
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func _differentiate<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>?, _ input: UnsafePointer<Scalar>, _ scale: UnsafePointer<Scalar>,
    _ saved: SavedMoments<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>,
    scaleGradient: UnsafeMutablePointer<Scalar>, shiftGradient: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    let lanes = self.lanes
    var regions = ScratchRegions()
    let memory = LaneMemory<Scalar>(lanes, planes: LanePlane.gradient, threads: context.threads, in: &regions)
    // The sums of every image, which are added in the order of the images at the end.
    let imageShifts = regions.reserve(batch * channels, of: Double.self)
    let imageScales = regions.reserve(batch * channels, of: Double.self)
    let (mean, remainder) = (saved.mean.base, saved.meanRemainder.base)
    let inverse = saved.inverseDeviation.base
    let isWide = inverse.areWide(batch * groups)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      let (shiftSums, scaleSums) = (imageShifts.base(in: scratch), imageScales.base(in: scratch))
      lanes.differentiateImages(
        input, outputGradient, into: inputGradient, activation: .identity, isWide: isWide, memory, scratch, context
      ) { image, slot in
        let first = image * groups
        fill(LanePlane.mean, of: slot) { _, group in mean[first + group] }
        fill(LanePlane.factor, of: slot) { c, group in scale[c] * inverse[first + group] }
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
            gradientSum = gradientSum.addingProduct(Double(scale[c]), gradients[c])
            productSum = productSum.addingProduct(Double(scale[c]), product)
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
      addImages(shiftSums, into: shiftGradient)
      addImages(scaleSums, into: scaleGradient)
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
