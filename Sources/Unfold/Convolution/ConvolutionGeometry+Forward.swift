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
      input.base, FilterOperand(base: filter.base), bias: bias?.base, activation, into: try output.outputBase(), context
    )
  }

  /// The forward pass on memory whose shapes have been checked.
  @inline(__always)
  func computeForward<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ filter: FilterOperand<Scalar>, bias: UnsafePointer<Scalar>?,
    _ activation: Activation, into output: UnsafeMutablePointer<Scalar>, accumulates: Bool = false,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    if isDirect {
      depthwiseForward(input, filter.base, bias, activation, output, context)
    } else if let scheme = winograd(.forward, filter.packed ?? context.accuracy, Scalar.self) {
      try winogradForward(scheme, isPacked: filter.packed != nil, Scalar.self).run(
        .init(source: input, taps: filter.base, bias: bias, activation: activation, target: output), context)
    } else if hasFewFilters(Scalar.self) {
      try fewFiltersForward(input, filter.base, bias, activation, output, context)
    } else {
      try loweredForward(input, filter, bias, activation, output, accumulates: accumulates, context)
    }
  }

  /// For each group, tile by tile, every letter as in ``ConvolutionGeometry``; see ``PanelProduct``:
  ///
  /// ```
  ///           R S C/g                   K/g                    K
  ///         +---------+            +--- ------ ---+        +-- ------ --+
  ///   tile  | columns |  * R S C/g |...|filter|...| = tile |..|output|..|
  ///         +---------+            +--- ------ ---+        +-- ------ --+
  /// ```
  private func loweredForward<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ filter: FilterOperand<Scalar>, _ bias: UnsafePointer<Scalar>?,
    _ activation: Activation, _ output: UnsafeMutablePointer<Scalar>, accumulates: Bool, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let (plan, layout) = (forwardPlan(Scalar.self), forwardLayout(Scalar.self))
    let isPacked = filter.packed != nil
    let memory = forwardMemory(isPacked: isPacked, Scalar.self)
    let (groupFilters, pixelStride) = (outputChannels / groups, outputChannels)
    try context.withScratch(
      bytes: memory.bytes(threads: context.threads)
    ) { (scratch) throws(UnfoldError) in
      let panels = memory.panels(in: scratch, as: Scalar.self)
      memory.fillStarts(in: scratch, layout, groups: groups, with: bias)
      if !isPacked, !plan.packsPanels { packFilter(filter.base, layout, into: panels, context) }
      let allPanels = isPacked ? filter.base : UnsafePointer(panels)
      context.forEach(groups * plan.tasks) { task, worker in
        let (group, task) = task.quotientAndRemainder(dividingBy: plan.tasks)
        PanelProduct(
          lowering: Lowering(input: self, group: group), plan: plan, layout: layout, source: input,
          right: plan.packsPanels && !isPacked
            ? .filter(filter.base + group * groupFilters, stride: pixelStride)
            : .panels(allPanels + group * layout.elements),
          start: memory.start(in: scratch, group, layout, as: Scalar.self),
          zeros: memory.zeros(in: scratch, as: Scalar.self),
          targets: PixelGrid(
            base: output + group * groupFilters, height: vertical.output, width: horizontal.output,
            imageStride: vertical.output * horizontal.output * pixelStride, rowStride: horizontal.output * pixelStride,
            pixelStride: pixelStride),
          accumulates: accumulates, activation: activation
        ).run(task, scratch: memory.worker(worker, in: scratch))
      }
    }
  }

  /// The panels of every group's filter.
  func packFilter<Scalar: TensorScalar>(
    _ filter: UnsafePointer<Scalar>, _ layout: PanelLayout, into panels: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) {
    // Bands of rows, so that few panels are spread over the workers too.
    let bands = min(layout.rows, max(1, layout.rows * layout.width >> 15))
    context.forEach(groups * layout.panels * bands) { task, _ in
      let (place, band) = task.quotientAndRemainder(dividingBy: bands)
      let (group, panel) = place.quotientAndRemainder(dividingBy: layout.panels)
      let rows = layout.rows * band / bands..<layout.rows * (band + 1) / bands
      layout.pack(
        filter + group * (outputChannels / groups), stride: outputChannels, panel: panel, rows: rows,
        into: panels + group * layout.elements + layout.offset(of: panel, row: rows.lowerBound),
        streams: context.threads > 1)
    }
  }

  /// The tiles of the forward pass of one group.
  func forwardPlan<Scalar: TensorScalar>(_ scalar: Scalar.Type) -> TilePlan {
    TilePlan(
      Lowering(input: self, group: 0), filters: outputChannels / groups, groups: groups, blockRows: Scalar._blockRows,
      panelWidth: Scalar._panelWidth)
  }

  /// The panels of one group's filter.
  func forwardLayout<Scalar: TensorScalar>(_ scalar: Scalar.Type) -> PanelLayout {
    PanelLayout(
      rows: vertical.window * horizontal.window * inputChannels / groups, columns: outputChannels / groups, of: scalar)
  }

  func forwardMemory<Scalar: TensorScalar>(isPacked: Bool = false, _ scalar: Scalar.Type) -> LoweredMemory {
    let (lowering, layout, plan) = (Lowering(input: self, group: 0), forwardLayout(scalar), forwardPlan(scalar))
    return LoweredMemory(
      panelElements: isPacked || plan.packsPanels ? 0 : groups * layout.elements,
      startElements: groups * layout.paddedColumns,
      run: lowering.run, worker: PanelProductMemory(lowering, plan, scalar).bytes, of: scalar)
  }
}
