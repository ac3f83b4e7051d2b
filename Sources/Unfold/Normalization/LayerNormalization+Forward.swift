extension LayerNormalization: SampleNormalization {
  public static var name: String { "layer normalization" }

  /// Normalises every row.
  ///
  /// - Parameters:
  ///   - input: Of shape ``inputShape``.
  ///   - scale: Of shape ``parameterShape``.
  ///   - shift: Of shape ``parameterShape``.
  ///   - output: Is overwritten: the normalised input, of its shape.
  ///   - saved: Is overwritten: what ``gradients(_:input:scale:saved:context:)`` needs.
  ///   - context: The threads and the scratch memory.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`): rows of up to 16 Ki elements are read from memory once, longer ones twice.
  ///
  /// Source: Ba, Kiros and Hinton (2016).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, into output: inout Tensor<Scalar>,
    saved: inout SavedMoments<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireShapes(input, scale, shift, saved, output)
    defer { withExtendedLifetime((input, scale, shift)) {} }
    let (source, target) = (input.base, try output.outputBase())
    let pointers = try SavedMomentsPointers(&saved)
    let (mean, remainder, inverse) = (pointers.mean, pointers.remainder, pointers.inverse)
    let (scales, shifts) = (scale.base, shift.base)
    let partition = self.partition
    let range = SquareRange(count: Double(length), epsilon: epsilon)

    @inline(__always)
    func save(_ moments: (mean: Double, squares: Double), of row: Int) {
      pointers.save(row, mean: moments.mean, squares: moments.squares, count: Double(length), epsilon: epsilon)
    }

    @inline(__always)
    func normalize(_ elements: Range<Int>, of row: Int) {
      let first = elements.lowerBound
      let (x, y) = (source + (row &* length &+ first), target + (row &* length &+ first))
      let (scale, shift, mean, inverse) = (scales + first, shifts + first, mean[row], inverse[row])
      let rest = shiftWithout(remainder[row], factor: inverse, shift: 0)
      for i in 0..<elements.count { y[i] = shift[i].addingProduct(rest.addingProduct(x[i] - mean, inverse), scale[i]) }
    }

    guard partition.isLong else {
      context.forEach(partition.groups) { group, _ in
        for row in partition.rows(of: group) {
          save(rowMoments(source + row &* length, length, in: range), of: row)
          normalize(0..<length, of: row)
        }
      }
      return
    }
    // Long rows are shared by all threads: the moments of the slices first.
    var regions = ScratchRegions()
    let slices = partition.slices
    let sliceMoments = regions.reserve(2 * rows * slices, of: Double.self)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      let sums = sliceMoments.base(in: scratch)
      context.forEach(rows * slices) { task, _ in
        let (row, slice) = task.quotientAndRemainder(dividingBy: slices)
        let elements = partition.elements(ofSlice: slice)
        let moments = rowMoments(
          source + (row &* length &+ elements.lowerBound), elements.count,
          in: SquareRange(count: Double(elements.count), epsilon: epsilon))
        sums[2 * task] = moments.mean
        sums[2 * task + 1] = moments.squares
      }
      for row in 0..<rows {
        var moments = (mean: 0.0, squares: 0.0)
        for slice in 0..<slices {
          let elements = partition.elements(ofSlice: slice)
          let place = 2 * (row * slices + slice)
          moments = mergedMoments(moments, elements.lowerBound, (sums[place], sums[place + 1]), elements.count)
        }
        save(moments, of: row)
      }
      context.forEach(rows * slices, backwards: true) { task, _ in
        let (row, slice) = task.quotientAndRemainder(dividingBy: slices)
        normalize(partition.elements(ofSlice: slice), of: row)
      }
    }
  }
}
