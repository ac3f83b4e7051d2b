extension GroupNormalization {
  /// Normalises every group of every image.
  ///
  /// - Parameters:
  ///   - input: `[N, ..., C]`.
  ///   - scale: `[C]`.
  ///   - shift: `[C]`.
  ///   - context: The threads and the scratch memory.
  /// - Returns: The output, of the input's shape, and what ``gradients(_:input:scale:saved:context:)`` needs.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C): small images are read from memory once, large ones twice.
  ///
  /// Source: Wu and He (2018).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: SavedMoments<Scalar>) {
    var output = try Tensor<Scalar>(uninitialized: inputShape)
    var saved = try SavedMoments<Scalar>(uninitialized: savedShape)
    try forward(input, scale: scale, shift: shift, into: &output, saved: &saved, context: context)
    return (output, saved)
  }

  /// As ``forward(_:scale:shift:context:)``, written over `output` and `saved`, whatever they held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, into output: inout Tensor<Scalar>,
    saved: inout SavedMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "group normalization input")
    try requireParameter(scale, "scale")
    try requireParameter(shift, "shift")
    try saved.requireShape(savedShape)
    try output.requireShape(inputShape, "group normalization output")
    defer { withExtendedLifetime((input, scale, shift)) {} }
    let lanes = self.lanes
    var regions = ScratchRegions()
    let memory = LaneMemory<Scalar>(lanes, planes: LanePlane.forward, threads: context.threads, in: &regions)
    let target = try output.outputBase()
    let (mean, inverse) = (try saved.mean.outputBase(), try saved.inverseDeviation.outputBase())
    let (scales, shifts) = (scale.base, shift.base)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      lanes.normalizeImages(input.base, into: target, rectifies: false, memory, scratch, context) { image, slot in
        let first = image * groups
        for group in 0..<groups {
          let moments = momentsOfGroup(group, slot)
          mean[first + group] = Scalar(moments.mean)
          inverse[first + group] = Scalar(
            inverseDeviation(squares: moments.squares, count: groupCount, epsilon: epsilon))
        }
        fill(LanePlane.mean, of: slot) { _, group in mean[first + group] }
        fill(LanePlane.factor, of: slot) { c, group in scales[c] * inverse[first + group] }
        slot.table.fill(LanePlane.shift, with: shifts)
      }
    }
  }

  /// The moments of a group from those of its channels, each over the same number of pixels.
  @inline(__always)
  private func momentsOfGroup<Scalar: TensorScalar>(
    _ group: Int, _ slot: LaneMemory<Scalar>.Slot
  ) -> (mean: Double, squares: Double) {
    let range = group * groupChannels..<(group + 1) * groupChannels
    var sum = 0.0
    for c in range { sum += slot.firstTotals[c] }
    let mean = sum / Double(groupChannels)
    var squares = 0.0
    for c in range {
      let deviation = slot.firstTotals[c] - mean
      squares += slot.secondTotals[c].addingProduct(Double(pixels) * deviation, deviation)
    }
    return (mean, squares)
  }
}
