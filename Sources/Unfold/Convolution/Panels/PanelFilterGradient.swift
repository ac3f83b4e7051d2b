/// The filter gradient by the engine's own kernels: for each group, block of rows and slice of pixels, tile by tile.
/// The output gradient's tile is copied to panels, or all tiles are copied before where they are few and several blocks
/// read them.
///
/// ```
///             tile                       K/g                       K
///          +---------+             +--- -------- ---+       +-- -------- --+
///   block  |columns^T|  *   tile   |...| output |...| +=    |..| filter |..| block of R S C/g
///          +---------+             |   | grad.  |   |       |  | grad.  |  |
///                                  +--- -------- ---+       +-- -------- --+
/// ```
struct PanelFilterGradient<Scalar: TensorScalar>: ConvolutionMethod {
  /// The convolution whose filter gradient is computed: the given one, or the exchanged one.
  private let geometry: ConvolutionGeometry
  /// Whether the sum is the transpose of the filter gradient.
  let isExchanged: Bool
  let plan: FilterGradientPlan
  private let memory: FilterGradientMemory<Scalar>

  init(_ geometry: ConvolutionGeometry) {
    let exchanged = Self.exchanged(geometry)
    self.geometry = exchanged ?? geometry
    isExchanged = exchanged != nil
    let lowering = Lowering(input: self.geometry, group: 0)
    plan = FilterGradientPlan(
      rows: lowering.columns, filters: self.geometry.outputChannels / geometry.groups, pixels: lowering.pixels,
      groups: geometry.groups, blockRows: Scalar._kernels.mr, elementBytes: MemoryLayout<Scalar>.stride)
    memory = FilterGradientMemory(self.geometry, plan, transposing: isExchanged)
  }

  var title: String {
    isExchanged ? "GEMM of packed panels with the factors exchanged" : "GEMM of packed panels, summed over the tiles"
  }
  var facts: [MethodExplanation.Fact] {
    [
      .init("micro-kernel", "\(Scalar._kernels.mr) rows x \(Scalar._kernels.nr) columns (MR x NR)"),
      .init("tile", "\(plan.tilePixels) of \(plan.pixels) pixels"),
      .init("rows", "\(plan.blockRows) of \(plan.rows) a task"),
      .init("slices", "\(plan.slices) of the pixels, each with a sum of its own"),
      .init("tasks", "\(geometry.groups * plan.tasks)"),
    ]
  }

  func workspaceBytes(threads: Int) -> Int { memory.layout.bytes(threads: threads) }

  @inline(__always)
  func run(_ operands: FilterGradientOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    let (groups, outputChannels) = (geometry.groups, geometry.outputChannels)
    let groupFilters = outputChannels / groups
    let count = plan.rows * outputChannels
    let input = isExchanged ? operands.outputGradient : operands.input
    let outputGradient = isExchanged ? operands.input : operands.outputGradient
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      let shared = memory.shared.base(in: scratch)
      let (partials, zeros) = (memory.partials.base(in: scratch), memory.zeros.base(in: scratch))
      zeros.update(repeating: 0, count: memory.zeroElements)
      let total = isExchanged ? memory.total.base(in: scratch) : operands.filterGradient
      let tiles = plan.slices * plan.tilesOfSlice
      if memory.sharedTile > 0 {
        context.forEach(groups * tiles) { task, _ in
          let (group, place) = task.quotientAndRemainder(dividingBy: tiles)
          let (slice, tile) = place.quotientAndRemainder(dividingBy: plan.tilesOfSlice)
          OuterProduct.pack(
            plan.tile(tile, ofSlice: slice), of: outputGradient + group * groupFilters, stride: outputChannels,
            columns: groupFilters, into: shared + task * memory.sharedTile, streams: context.threads > 1)
        }
      }
      context.forEach(groups * plan.tasks) { task, worker in
        let (group, task) = task.quotientAndRemainder(dividingBy: plan.tasks)
        let rows = plan.rowRange(ofTask: task)
        let slice = task % plan.slices
        let sum = slice == 0 ? total : partials + (slice - 1) * count
        let target = Matrix(
          sum + rows.lowerBound * outputChannels + group * groupFilters, rows: rows.count, columns: groupFilters,
          stride: outputChannels)
        target.fillZero()
        // The sums of very many tiles are added up block by block.
        let region = memory.layout.worker(worker, in: scratch)
        let block = Matrix(
          memory.block.base(in: region), rows: rows.count, columns: groupFilters, stride: groupFilters)
        if plan.sumsBlocksOfTiles { block.fillZero() }
        let product = OuterProduct(
          lowering: Lowering(input: geometry, group: group), source: input, zeros: UnsafePointer(zeros),
          right: outputGradient + group * groupFilters, rightStride: outputChannels,
          target: plan.sumsBlocksOfTiles ? block : target, rows: rows, memory: memory, scratch: region)
        for index in 0..<plan.tilesOfSlice {
          let place = group * tiles + slice * plan.tilesOfSlice + index
          let tile = plan.tile(index, ofSlice: slice)
          if tile.isEmpty { break }
          product.add(
            tile, next: plan.tile(index + 1, ofSlice: slice),
            packed: memory.sharedTile > 0 ? UnsafePointer(shared) + place * memory.sharedTile : nil)
          if plan.sumsBlocksOfTiles, (index + 1) % FilterGradientPlan.blockTiles == 0 { target.move(block) }
        }
        if plan.sumsBlocksOfTiles { target.move(block) }
      }
      addPartials(partials, count: plan.slices - 1, elements: count, to: total, .identity, context)
      if isExchanged {
        transpose(
          from: total, stride: outputChannels, rows: plan.rows, columns: outputChannels,
          into: operands.filterGradient, stride: plan.rows)
      }
    }
  }
}

extension PanelFilterGradient {
  /// The pointwise convolution from the output gradient to the input, where its filter gradient, the transpose of this
  /// one's, costs less: of few filters a panel would hold mostly zeros, of many their gradient is copied to panels again
  /// for every block of rows. Costs are in products, for each pixel.
  private static func exchanged(_ geometry: ConvolutionGeometry) -> ConvolutionGeometry? {
    guard geometry.isPointwise else { return nil }
    let (inputChannels, outputChannels) = (geometry.inputChannels, geometry.outputChannels)
    let pixels = geometry.batch * geometry.vertical.input * geometry.horizontal.input
    func cost(_ rows: Int, _ columns: Int) -> Int {
      let layout = PanelLayout(rows: pixels, columns: columns, of: Scalar.self)
      let packing = FilterGradientMemory<Scalar>.packsRows(layout) ? rows * Self.packCost : 0
      var copies = 0
      if FilterGradientMemory<Scalar>.copiesPanels(layout, rows: rows) {
        let isShared = FilterGradientMemory<Scalar>.sharesPanels(elements: layout.elements)
        copies = isShared ? 1 : FilterGradientPlan.fewestBlocks(rows: rows, filters: columns)
      }
      return rows * layout.paddedColumns + packing + copies * columns * Self.copyCost
    }
    let transposition = inputChannels * outputChannels * Self.transpositionCost / pixels
    let (here, there) = (cost(inputChannels, outputChannels), cost(outputChannels, inputChannels) + transposition)
    guard here > there + there / 8 else { return nil }
    return try? ConvolutionGeometry(input: geometry.outputShape, filters: inputChannels, window: 1)
  }

  /// An element of the output gradient is copied, one of the input packed, and one of the filter gradient transposed, in
  /// the time of so many products.
  private static var copyCost: Int { 20 }
  private static var packCost: Int { 12 }
  private static var transpositionCost: Int { 48 }
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
