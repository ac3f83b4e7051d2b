extension ConvolutionGeometry {
  /// The convolution of a batch of images, with bias and activation.
  ///
  /// ```
  /// output[n, p, q, k] = f(bias[k] + sum over r, s, c of
  ///     input[n, p * stride + r * dilation - top, q * stride + s * dilation - left, c] * filter[r, s, c, k])
  /// ```
  ///
  /// Source: lecture, "Recap: Convolution", "Convolution with downsampling".
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - filter: `[R, S, C/groups, K]`.
  ///   - bias: `[K]`, or nil for none.
  ///   - activation: f, applied while a tile is in cache.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, P, Q, K]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry, and
  ///   ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: ``operations`` on all threads; scratch memory ``workspaceBytes(for:threads:scalarBytes:)``.
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, filter: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, activation: Activation = .identity,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try forward(input, filter: filter, bias: bias, activation: activation, into: &output, context: context)
    return output
  }

  /// As ``forward(_:filter:bias:activation:context:)``, into memory of the caller's, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, filter: Tensor<Scalar>, bias: Tensor<Scalar>?, activation: Activation = .identity,
    into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "input")
    try filter.requireShape(filterShape, "filter")
    try bias?.requireShape(biasShape, "bias")
    try output.requireShape(outputShape, "output")
    defer { withExtendedLifetime((input, filter, bias)) {} }
    try activation.validate()
    try computeForward(
      input.base, filter.base, bias: bias?.base, activation, into: try output.outputBase(), context)
  }

  /// The forward pass on memory whose shapes have been checked.
  @inline(__always)
  func computeForward<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>?,
    _ activation: Activation, into output: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    if isDepthwise {
      depthwiseForward(input, filter, bias, activation, output, context)
    } else {
      try loweredForward(input, filter, bias, activation, output, context)
    }
  }

  /// For each group, tile by tile, every letter as in ``ConvolutionGeometry``:
  ///
  /// ```
  ///           R S C/g                   K/g                    K
  ///         +---------+            +--- ------ ---+        +-- ------ --+
  ///   tile  | columns |  * R S C/g |...|filter|...| = tile |..|output|..|
  ///         +---------+            +--- ------ ---+        +-- ------ --+
  /// ```
  ///
  /// The bias is written first and the product added to it: that costs no more than the zeros BLAS would write, and
  /// whatever the output held is gone.
  private func loweredForward<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, _ bias: UnsafePointer<Scalar>?,
    _ activation: Activation, _ output: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let plan = forwardPlan(elementBytes: MemoryLayout<Scalar>.stride)
    let groupFilters = outputChannels / groups
    let count = plan.pixels * outputChannels
    let partialElements = (plan.segments - 1) * count
    try context.withScratch(
      bytes: (partialElements + context.threads * plan.columnElements) * MemoryLayout<Scalar>.stride
    ) { (scratch) throws(UnfoldError) in
      let partials = scratch.assumingMemoryBound(to: Scalar.self)
      context.forEach(groups * plan.tasks) { task, worker in
        let group = task / plan.tasks
        let part = plan.part(ofTask: task % plan.tasks)
        let column = group * groupFilters + part.filters.lowerBound
        let sum = part.segment == 0 ? output : partials + (part.segment - 1) * count
        let tile = Matrix(
          sum + part.pixels.lowerBound * outputChannels + column, rows: part.pixels.count, columns: part.filters.count,
          stride: outputChannels)
        let startsWithBias = part.segment == 0 && bias != nil
        if startsWithBias, let bias { tile.fillRows(with: bias + column) }
        Lowering(input: self, group: group).multiply(
          input, part,
          weights: Matrix(filter + column, rows: plan.reduction, columns: part.filters.count, stride: outputChannels),
          plan: plan, into: tile, accumulating: startsWithBias,
          scratch: partials + partialElements + worker * plan.columnElements)
        if plan.segments == 1 { tile.apply(activation) }
      }
      addPartials(partials, count: plan.segments - 1, elements: count, to: output, activation, context)
    }
  }

  /// The tiles of the forward pass of one group.
  func forwardPlan(elementBytes: Int) -> TilePlan {
    let lowering = Lowering(input: self, group: 0)
    return TilePlan(
      pixels: lowering.pixels, reduction: lowering.columns, filters: outputChannels / groups, groups: groups,
      isLowered: !lowering.isSourceItself, allowsSegments: true, elementBytes: elementBytes)
  }
}

extension Matrix {
  /// Writes the same row everywhere.
  @inline(__always)
  func fillRows(with row: UnsafePointer<Scalar>) {
    for i in 0..<rows {
      let target = base + i * stride
      for j in 0..<columns { target[j] = row[j] }
    }
  }

  /// Applies an activation to every element, in place.
  @inline(__always)
  func apply(_ activation: Activation) {
    if activation == .identity { return }
    if columns == stride {
      activation.apply(base, count: rows * columns)
    } else {
      for i in 0..<rows { activation.apply(base + i * stride, count: columns) }
    }
  }
}
