/// The forward pass by the engine's own kernels: for each group, tile by tile, every letter as in ``ConvolutionGeometry``; see
/// ``PanelProduct``.
///
/// ```
///           R S C/g                   K/g                    K
///         +---------+            +--- ------ ---+        +-- ------ --+
///   tile  | columns |  * R S C/g |...|filter|...| = tile |..|output|..|
///         +---------+            +--- ------ ---+        +-- ------ --+
/// ```
struct PanelForward<Scalar: TensorScalar>: ConvolutionMethod {
  private let geometry: ConvolutionGeometry
  let plan: TilePlan
  /// The panels of one group's filter.
  let layout: PanelLayout
  private let memory: LoweredMemory<Scalar>
  /// Whether the filter lies in panels, see ``PackedFilter``.
  private let isPacked: Bool

  init(_ geometry: ConvolutionGeometry, isPacked: Bool = false) {
    let lowering = Lowering(input: geometry, group: 0)
    let filters = geometry.outputChannels / geometry.groups
    self.geometry = geometry
    self.isPacked = isPacked
    plan = TilePlan(
      lowering, filters: filters, groups: geometry.groups, blockRows: Scalar._kernels.mr, panelWidth: Scalar._kernels.nr
    )
    layout = PanelLayout(rows: lowering.columns, columns: filters, of: Scalar.self)
    memory = LoweredMemory(
      panelElements: isPacked || plan.packsPanels ? 0 : geometry.groups * layout.elements,
      startElements: geometry.groups * layout.paddedColumns, segmentLength: lowering.segmentLength,
      own: PanelProductMemory<Scalar>(lowering, plan).regions)
  }

  var title: String {
    PanelProduct<Scalar>.areShort(Lowering(input: geometry, group: 0), layout)
      ? "sums of a few terms in registers" : "GEMM of packed panels, im2col through addresses (indirection buffer)"
  }
  var facts: [MethodExplanation.Fact] {
    plan.facts(layout, groups: geometry.groups, Scalar.self)
  }

  func workspaceBytes(threads: Int) -> Int { memory.bytes(threads: threads) }

  /// The elements of a filter in panels.
  var packedElements: Int { geometry.groups * layout.elements }

  @inline(__always)
  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    let (groups, pixelStride) = (geometry.groups, geometry.outputChannels)
    let groupFilters = pixelStride / groups
    let (filter, rowStride) = (operands.filter, geometry.horizontal.output * pixelStride)
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      let panels = memory.panels.base(in: scratch)
      memory.fillStarts(in: scratch, layout, groups: groups, with: operands.bias)
      if !isPacked, !plan.packsPanels { pack(filter, into: panels, context) }
      let allPanels = isPacked ? filter : UnsafePointer(panels)
      context.forEach(groups * plan.tasks) { task, worker in
        let (group, task) = task.quotientAndRemainder(dividingBy: plan.tasks)
        PanelProduct(
          lowering: Lowering(input: geometry, group: group), plan: plan, layout: layout, source: operands.source,
          right: plan.packsPanels && !isPacked
            ? .filter(filter + group * groupFilters, stride: pixelStride)
            : .panels(allPanels + group * layout.elements),
          start: memory.start(group, layout, in: scratch),
          zeros: UnsafePointer(memory.zeros.base(in: scratch)),
          targets: PixelGrid(
            base: operands.target + group * groupFilters, height: geometry.vertical.output,
            width: geometry.horizontal.output, imageStride: geometry.vertical.output * rowStride, rowStride: rowStride,
            pixelStride: pixelStride),
          accumulates: operands.accumulates, activation: operands.activation
        ).run(task, scratch: memory.worker(worker, in: scratch))
      }
    }
  }

  /// Writes the panels of every group's filter.
  func pack(
    _ filter: UnsafePointer<Scalar>, into panels: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let lowering = Lowering(input: geometry, group: 0)
    // Bands of rows, so that few panels are spread over the workers too.
    let bands = min(layout.rows, max(1, layout.rows * layout.width >> 15))
    context.forEach(geometry.groups * layout.panels * bands) { task, _ in
      let (place, band) = task.quotientAndRemainder(dividingBy: bands)
      let (group, panel) = place.quotientAndRemainder(dividingBy: layout.panels)
      let rows = layout.rows * band / bands..<layout.rows * (band + 1) / bands
      lowering.forEachRead(rows) { rows in
        layout.pack(
          filter + group * layout.columns, stride: geometry.outputChannels, panel: panel, rows: rows,
          into: panels + group * layout.elements + layout.offset(of: panel, row: rows.lowerBound),
          streams: context.threads > 1)
      }
    }
  }
}
