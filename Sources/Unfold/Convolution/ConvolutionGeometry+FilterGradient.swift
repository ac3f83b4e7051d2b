extension ConvolutionGeometry {
  /// The gradient of a loss with respect to the convolution's filter.
  ///
  /// ```
  /// filterGradient[r, s, c, k] = sum over n, p, q of
  ///     input[n, p * stride + r * dilation - top, q * stride + s * dilation - left, c] * outputGradient[n, p, q, k]
  /// ```
  ///
  /// Source: lecture, "The filter derivative": the input, padded as in the forward pass, is convolved with the output
  /// gradient.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`, as it entered the forward pass.
  ///   - outputGradient: `[N, P, Q, K]`, the gradient with respect to the output before the activation.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[R, S, C/groups, K]`, summed over the batch.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry, and
  ///   ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: ``operations`` on all threads; scratch memory ``workspaceBytes(for:threads:scalarBytes:)``.
  public func filterGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var filterGradient = try Tensor<Scalar>(uninitialized: filterShape)
    try self.filterGradient(input, outputGradient: outputGradient, into: &filterGradient, context: context)
    return filterGradient
  }

  /// As ``filterGradient(_:outputGradient:context:)``, into memory of the caller's, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func filterGradient<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, outputGradient: Tensor<Scalar>, into filterGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "input")
    try outputGradient.requireShape(outputShape, "output gradient")
    try filterGradient.requireShape(filterShape, "filter gradient")
    defer { withExtendedLifetime((input, outputGradient)) {} }
    try computeFilterGradient(input.base, outputGradient.base, into: try filterGradient.outputBase(), context)
  }

  /// The filter gradient on memory whose shapes have been checked.
  @inline(__always)
  func computeFilterGradient<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>,
    into filterGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    if isDirect {
      try depthwiseFilterGradient(input, outputGradient, filterGradient, context)
    } else if let scheme = winograd(.filterGradient, context.accuracy, Scalar.self) {
      try WinogradFilterGradient<Scalar>(self, scheme).run(
        .init(input: input, outputGradient: outputGradient, filterGradient: filterGradient), context)
    } else if let exchanged = exchangedFilterGradient(Scalar.self) {
      try exchanged.loweredFilterGradient(outputGradient, input, filterGradient, transposing: true, context)
    } else {
      try loweredFilterGradient(input, outputGradient, filterGradient, transposing: false, context)
    }
  }

  /// For each group, block of rows and segment of pixels, tile by tile; the output gradient's tile is copied to panels, or
  /// all tiles are copied before where they are few and several blocks read them:
  ///
  /// ```
  ///             tile                       K/g                       K
  ///          +---------+             +--- -------- ---+       +-- -------- --+
  ///   block  |columns^T|  *   tile   |...| output |...| +=    |..| filter |..| block of R S C/g
  ///          +---------+             |   | grad.  |   |       |  | grad.  |  |
  ///                                  +--- -------- ---+       +-- -------- --+
  /// ```
  ///
  /// - Parameter transposing: Whether the transpose of the sum is written.
  private func loweredFilterGradient<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>,
    _ filterGradient: UnsafeMutablePointer<Scalar>, transposing: Bool, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let plan = filterGradientPlan(Scalar.self)
    let memory = FilterGradientMemory(self, plan, transposing: transposing, Scalar.self)
    let groupFilters = outputChannels / groups
    let count = plan.rows * outputChannels
    try context.withScratch(bytes: memory.bytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      let shared = scratch.assumingMemoryBound(to: Scalar.self)
      let partials = (scratch + memory.partials).assumingMemoryBound(to: Scalar.self)
      let zeros = (scratch + memory.zeros).assumingMemoryBound(to: Scalar.self)
      zeros.update(repeating: 0, count: memory.zeroElements)
      let total = transposing ? (scratch + memory.total).assumingMemoryBound(to: Scalar.self) : filterGradient
      let tiles = plan.segments * plan.tilesOfSegment
      if memory.sharedTile > 0 {
        context.forEach(groups * tiles) { task, _ in
          let (group, place) = task.quotientAndRemainder(dividingBy: tiles)
          let (segment, tile) = place.quotientAndRemainder(dividingBy: plan.tilesOfSegment)
          OuterProduct.pack(
            plan.tile(tile, ofSegment: segment), of: outputGradient + group * groupFilters, stride: outputChannels,
            columns: groupFilters, into: shared + task * memory.sharedTile, streams: context.threads > 1)
        }
      }
      context.forEach(groups * plan.tasks) { task, worker in
        let (group, task) = task.quotientAndRemainder(dividingBy: plan.tasks)
        let rows = plan.rowRange(ofTask: task)
        let segment = task % plan.segments
        let sum = segment == 0 ? total : partials + (segment - 1) * count
        let target = Matrix(
          sum + rows.lowerBound * outputChannels + group * groupFilters, rows: rows.count, columns: groupFilters,
          stride: outputChannels)
        target.fillZero()
        // The sums of very many tiles are added up block by block.
        let region = scratch + memory.worker(worker)
        let block = Matrix(
          (region + memory.block).assumingMemoryBound(to: Scalar.self), rows: rows.count, columns: groupFilters,
          stride: groupFilters)
        if plan.sumsBlocksOfTiles { block.fillZero() }
        let product = OuterProduct(
          lowering: Lowering(input: self, group: group), source: input, zeros: UnsafePointer(zeros),
          right: outputGradient + group * groupFilters, rightStride: outputChannels,
          target: plan.sumsBlocksOfTiles ? block : target, rows: rows, memory: memory, scratch: region)
        for index in 0..<plan.tilesOfSegment {
          let place = group * tiles + segment * plan.tilesOfSegment + index
          let tile = plan.tile(index, ofSegment: segment)
          if tile.isEmpty { break }
          product.add(
            tile, next: plan.tile(index + 1, ofSegment: segment),
            packed: memory.sharedTile > 0 ? UnsafePointer(shared) + place * memory.sharedTile : nil)
          if plan.sumsBlocksOfTiles, (index + 1) % FilterGradientPlan.blockTiles == 0 { target.move(block) }
        }
        if plan.sumsBlocksOfTiles { target.move(block) }
      }
      addPartials(partials, count: plan.segments - 1, elements: count, to: total, .identity, context)
      if transposing {
        transpose(
          from: total, stride: outputChannels, rows: plan.rows, columns: outputChannels, into: filterGradient,
          stride: plan.rows)
      }
    }
  }

  /// The pointwise convolution from the output gradient to the input, where its filter gradient, the transpose of this
  /// one's, costs less: of few filters a panel would hold mostly zeros, of many their gradient is copied to panels again
  /// for every block of rows. Costs are in products, for each pixel.
  func exchangedFilterGradient<Scalar: TensorScalar>(_ scalar: Scalar.Type) -> ConvolutionGeometry? {
    guard isPointwise else { return nil }
    let pixels = batch * vertical.input * horizontal.input
    func cost(_ rows: Int, _ columns: Int) -> Int {
      let layout = PanelLayout(rows: pixels, columns: columns, of: scalar)
      let gathers = FilterGradientMemory.gathersRows(layout) ? rows * Self.gatherCost : 0
      var copies = 0
      if FilterGradientMemory.copiesPanels(layout, rows: rows) {
        let isShared = FilterGradientMemory.sharesPanels(elements: layout.elements, scalar)
        copies = isShared ? 1 : FilterGradientPlan.fewestBlocks(rows: rows, filters: columns)
      }
      return rows * layout.paddedColumns + gathers + copies * columns * Self.copyCost
    }
    let transposition = inputChannels * outputChannels * Self.transpositionCost / pixels
    let (here, there) = (cost(inputChannels, outputChannels), cost(outputChannels, inputChannels) + transposition)
    guard here > there + there / 8 else { return nil }
    return try? ConvolutionGeometry(input: outputShape, filters: inputChannels, window: 1)
  }

  /// An element of the output gradient is copied, one of the input gathered, and one of the filter gradient transposed, in
  /// the time of so many products.
  private static var copyCost: Int { 20 }
  private static var gatherCost: Int { 12 }
  private static var transpositionCost: Int { 48 }

  /// The blocks and segments of the filter gradient of one group.
  func filterGradientPlan<Scalar: TensorScalar>(_ scalar: Scalar.Type) -> FilterGradientPlan {
    let lowering = Lowering(input: self, group: 0)
    return FilterGradientPlan(
      rows: lowering.columns, filters: outputChannels / groups, pixels: lowering.pixels, groups: groups,
      blockRows: Scalar._blockRows, elementBytes: MemoryLayout<Scalar>.stride)
  }
}

extension Matrix {
  /// Writes zeros everywhere.
  @inline(__always)
  func fillZero() {
    for i in 0..<rows { (base + i * stride).update(repeating: 0, count: columns) }
  }

  /// Adds another matrix, which becomes zero.
  @inline(__always)
  func move(_ other: Matrix) {
    for i in 0..<rows {
      let (target, source) = (base + i * stride, other.base + i * other.stride)
      for j in 0..<columns { target[j] += source[j] }
    }
    other.fillZero()
  }
}
