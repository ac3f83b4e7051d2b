extension GroupNormalization: SampleNormalization {
  public static var name: String { "group normalization" }

  /// Normalises every group of every image.
  ///
  /// - Parameters:
  ///   - input: `[N, ..., C]`.
  ///   - scale: `[C]`.
  ///   - shift: `[C]`.
  ///   - output: Is overwritten: the normalised input, of its shape.
  ///   - saved: Is overwritten: what ``gradients(_:input:scale:saved:context:)`` needs.
  ///   - context: The threads and the scratch memory.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(N H W C): small images are read from memory once, large ones twice.
  ///
  /// Source: Wu and He (2018).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, into output: inout Tensor<Scalar>,
    saved: inout SavedMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try normalize(input, scale, shift, into: &output, &saved, context)
  }

  /// The same. With `gather`, it is also given the mean and the sum of squared deviations of every group of every
  /// image, `[N, groups]` each.
  @inline(__always)
  func normalize<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>, _ shift: Tensor<Scalar>, into output: inout Tensor<Scalar>,
    _ saved: inout SavedMoments<Scalar>, _ context: ExecutionContext,
    gather: ((_ means: UnsafePointer<Double>, _ squares: UnsafePointer<Double>) -> Void)? = nil
  ) throws(UnfoldError) {
    try requireShapes(input, scale, shift, saved, output)
    defer { withExtendedLifetime((input, scale, shift)) {} }
    let lanes = self.lanes
    var regions = ScratchRegions()
    let memory = LaneMemory<Scalar>(lanes, planes: LanePlane.forward, threads: context.threads, in: &regions)
    let gathered = gather == nil ? 0 : batch * groups
    let gatheredMeans = regions.reserve(gathered, of: Double.self)
    let gatheredSquares = regions.reserve(gathered, of: Double.self)
    let target = try output.outputBase()
    let pointers = try SavedMomentsPointers(&saved)
    let (mean, remainder, inverse) = (pointers.mean, pointers.remainder, pointers.inverse)
    let (scales, shifts) = (scale.base, shift.base)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      let (means, squares) = (gatheredMeans.base(in: scratch), gatheredSquares.base(in: scratch))
      lanes.normalizeImages(
        input.base, into: target, activation: .identity, epsilon: epsilon, memory, scratch, context
      ) { image, slot in
        let first = image * groups
        for group in 0..<groups {
          let moments = momentsOfGroup(group, slot)
          pointers.save(
            first + group, mean: moments.mean, squares: moments.squares, count: groupCount, epsilon: epsilon)
          if gathered > 0 {
            means[first + group] = moments.mean
            squares[first + group] = moments.squares
          }
        }
        fill(LanePlane.mean, of: slot) { _, group in mean[first + group] }
        fill(LanePlane.factor, of: slot) { c, group in scales[c] * inverse[first + group] }
        // The factors are still in the slot's vector.
        for group in 0..<groups {
          let rest = remainder[first + group]
          for c in group * groupChannels..<(group + 1) * groupChannels {
            slot.vector[c] = shiftWithout(rest, factor: slot.vector[c], shift: shifts[c])
          }
        }
        slot.table.fill(LanePlane.shift, with: slot.vector)
      }
      gather?(means, squares)
    }
  }

  /// The moments of a group from those of its channels, each over the same number of pixels.
  @inline(__always)
  private func momentsOfGroup<Scalar: TensorScalar>(
    _ group: Int, _ slot: LaneMemory<Scalar>.Slot
  ) -> (mean: Double, squares: Double) {
    let range = group * groupChannels..<(group + 1) * groupChannels
    // Distances from one channel's mean: equal means stay what they are.
    let first = slot.firstTotals[range.lowerBound]
    var sum = 0.0
    for c in range { sum += slot.firstTotals[c] - first }
    let mean = first + sum / Double(groupChannels)
    var squares = 0.0
    for c in range {
      let deviation = slot.firstTotals[c] - mean
      squares += slot.secondTotals[c].addingProduct(Double(pixels) * deviation, deviation)
    }
    return (mean, squares)
  }
}
