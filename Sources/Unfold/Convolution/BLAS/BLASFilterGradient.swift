/// A filter gradient by BLAS: the transpose of a tile of the column matrix times the same tile of the output gradient, added
/// up over all tiles.
///
/// ```
///                   tile                       K/g                         K
///              +-----------+             +--- ------ ---+           +-- -------- --+
///   R S C/g    | columns^T |  *   tile   |...|  dz  |...|  summed   |..| filter |..|  R S C/g
///   (a block)  | (im2col)  |             |   | of g |   |  over     |  | grad.  |  |
///              +-----------+             +--- ------ ---+  tiles    +-- -------- --+
/// ```
///
/// Tasks are blocks of the gradient's rows, each with its columns of the column matrix; where they are too few, each slice
/// of the pixels has a partial sum, and these are added in their order. See ``FilterGradientPlan``.
///
/// Source: lecture, "The filter derivative".
struct BLASFilterGradient<Scalar: TensorScalar>: ConvolutionMethod {
  private let geometry: ConvolutionGeometry
  private let lowering: Lowering
  private let plan: FilterGradientPlan
  private let groupFilters: Int
  /// The sums of all slices but the first; and of each worker a tile's columns, and the sum of a block of tiles.
  private let partials, columns, sums: ScratchRegion<Scalar>
  private var layout = ScratchLayout()

  init(_ geometry: ConvolutionGeometry) {
    self.geometry = geometry
    lowering = Lowering(input: geometry, group: 0)
    groupFilters = geometry.outputChannels / geometry.groups
    plan = FilterGradientPlan(
      rows: lowering.columns, filters: groupFilters, pixels: lowering.pixels, groups: geometry.groups, blockRows: 8,
      elementBytes: MemoryLayout<Scalar>.stride)
    partials = layout.shared.reserve((plan.slices - 1) * geometry.filterShape.elements, of: Scalar.self)
    columns = layout.own.reserve(lowering.isSource ? 0 : plan.tilePixels * plan.blockRows, of: Scalar.self)
    sums = layout.own.reserve(plan.sumsBlocksOfTiles ? plan.blockRows * groupFilters : 0, of: Scalar.self)
  }

  var title: String { "im2col and a BLAS GEMM with its transpose, summed over the tiles" }
  var facts: [MethodExplanation.Fact] {
    [
      .init("tile", "\(plan.tilePixels) of \(plan.pixels) pixels"),
      .init("rows", "\(plan.blockRows) of \(plan.rows) a task"),
      .init("slices", "\(plan.slices) of the pixels, each with a sum of its own"),
      .init("tasks", "\(geometry.groups * plan.tasks)"),
    ]
  }

  func workspaceBytes(threads: Int) -> Int { layout.bytes(threads: threads) }

  func run(_ operands: FilterGradientOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { scratch in
      let (filters, elements) = (geometry.outputChannels, geometry.filterShape.elements)
      let partials = partials.base(in: scratch)
      context.forEach(geometry.groups * plan.tasks) { task, worker in
        let (group, task) = task.quotientAndRemainder(dividingBy: plan.tasks)
        let (rows, slice) = (plan.rowRange(ofTask: task), task % plan.slices)
        let total = slice == 0 ? operands.filterGradient : partials + (slice - 1) * elements
        let target = Matrix(
          total + rows.lowerBound * filters + group * groupFilters, rows: rows.count, columns: groupFilters,
          stride: filters)
        let region = layout.worker(worker, in: scratch)
        // The sums of very many tiles are added up block by block.
        let sum =
          plan.sumsBlocksOfTiles
          ? Matrix(sums.base(in: region), rows: rows.count, columns: groupFilters, stride: groupFilters) : target
        target.fillZero()
        if plan.sumsBlocksOfTiles { sum.fillZero() }
        for index in 0..<plan.tilesOfSlice {
          let pixels = plan.tile(index, ofSlice: slice)
          if pixels.isEmpty { break }
          let left = lowering.matrix(
            operands.input + group * lowering.channelCount, pixels: pixels, columns: rows,
            unfoldedInto: columns.base(in: region))
          let right = Matrix(
            operands.outputGradient + pixels.lowerBound * filters + group * groupFilters, rows: pixels.count,
            columns: groupFilters, stride: filters)
          multiply(left.transposed, right, into: sum, accumulating: true)
          if plan.sumsBlocksOfTiles, (index + 1) % FilterGradientPlan.blockTiles == 0 { target.move(sum) }
        }
        if plan.sumsBlocksOfTiles { target.move(sum) }
      }
      addPartials(
        partials, count: plan.slices - 1, elements: elements, to: operands.filterGradient, .identity, context)
    }
  }
}
