/// The input gradient by the engine's own kernels: for each group and phase (see ``GradientPhase``), tile by tile; see
/// ``PanelProduct``.
///
/// ```
///             taps x K/g                     C/g                     C
///          +--------------+               +--------+           +-- -------- --+
///   tile   |  columns of  |  * taps x K/g | flipped|  =  tile  |..| input  |..|
///          |  output grad.|               | filter |           |..| grad.  |..|
///          +--------------+               +--------+           +-- -------- --+
/// ```
struct PhasedInputGradient<Scalar: TensorScalar>: ConvolutionMethod {
  let geometry: ConvolutionGeometry
  private let memory: InputGradientMemory<Scalar>

  init(_ geometry: ConvolutionGeometry) {
    self.geometry = geometry
    memory = InputGradientMemory(geometry)
  }

  var title: String { "GEMM of packed panels with the flipped filter, phase by phase of the stride" }
  var facts: [MethodExplanation.Fact] {
    let phases = Array(GradientPhases(geometry, Scalar.self))
    guard let largest = phases.max(by: { $0.layout.rows < $1.layout.rows }) else { return [] }
    return [.init("phases", "\(phases.count); the one of most taps:")]
      + largest.plan.facts(largest.layout, groups: geometry.groups, Scalar.self)
  }

  func workspaceBytes(threads: Int) -> Int { memory.bytes(threads: threads) }

  @inline(__always)
  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    let (groups, inputChannels, outputChannels) = (geometry.groups, geometry.inputChannels, geometry.outputChannels)
    let (groupChannels, groupFilters) = (inputChannels / groups, outputChannels / groups)
    let rowStride = geometry.horizontal.input * inputChannels
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      let lowered = memory.lowered
      let phases = memory.phases(of: geometry, in: scratch, threads: context.threads)
      guard let first = phases.first, let last = phases.last else { return }
      let layout = first.layout
      let groupPanels = last.firstPanel + last.panelElements
      let tasks = last.firstTask + last.plan.tasks
      let panels = lowered.panels.base(in: scratch)
      lowered.fillStarts(in: scratch, layout, groups: groups, with: operands.bias)
      flipFilter(operands.filter, phases, into: panels, context)
      context.forEach(groups * tasks) { task, worker in
        let (group, task) = task.quotientAndRemainder(dividingBy: tasks)
        var index = phases.count - 1
        while phases[index].firstTask > task { index -= 1 }
        let phase = phases[index]
        let (rows, columns) = (phase.vertical, phase.horizontal)
        PanelProduct(
          lowering: phase.lowering(of: geometry, group: group), plan: phase.plan, layout: phase.layout,
          source: operands.source,
          right: phase.plan.packsPanels
            ? .flipped(
              operands.filter + group * groupFilters, phase, filterWidth: geometry.horizontal.window,
              tapStride: groupChannels * outputChannels, stride: outputChannels)
            : .panels(panels + group * groupPanels + phase.firstPanel),
          start: lowered.start(group, layout, in: scratch),
          zeros: UnsafePointer(lowered.zeros.base(in: scratch)),
          targets: PixelGrid(
            base: operands.target + rows.first * rowStride + columns.first * inputChannels + group * groupChannels,
            height: rows.count, width: columns.count, imageStride: geometry.vertical.input * rowStride,
            rowStride: rows.step * rowStride, pixelStride: columns.step * inputChannels),
          accumulates: operands.accumulates, activation: operands.activation
        ).run(task - phase.firstTask, scratch: lowered.worker(worker, in: scratch))
      }
    }
  }
}

/// The scratch memory of an input gradient by phases: that of the products, then the phases themselves.
struct InputGradientMemory<Scalar: TensorScalar> {
  let lowered: LoweredMemory<Scalar>
  private let phaseCount: Int

  init(_ geometry: ConvolutionGeometry) {
    var (panelElements, columns, count) = (0, 0, 0)
    var own = ScratchRegions()
    for phase in GradientPhases(geometry, Scalar.self) {
      panelElements = phase.firstPanel + phase.panelElements
      columns = phase.layout.paddedColumns
      let regions = PanelProductMemory<Scalar>(phase.lowering(of: geometry, group: 0), phase.plan).regions
      if regions.bytes > own.bytes { own = regions }
      count += 1
    }
    lowered = LoweredMemory(
      panelElements: geometry.groups * panelElements, startElements: geometry.groups * columns,
      segmentLength: geometry.outputChannels / geometry.groups, own: own)
    phaseCount = count
  }

  func bytes(threads: Int) -> Int { lowered.bytes(threads: threads) + phaseCount * MemoryLayout<GradientPhase>.stride }

  /// Writes the phases into the scratch memory.
  func phases(
    of geometry: ConvolutionGeometry, in scratch: UnsafeMutableRawPointer, threads: Int
  ) -> UnsafeBufferPointer<GradientPhase> {
    let table = (scratch + lowered.bytes(threads: threads)).bindMemory(to: GradientPhase.self, capacity: phaseCount)
    for (index, phase) in GradientPhases(geometry, Scalar.self).enumerated() { (table + index).initialize(to: phase) }
    return UnsafeBufferPointer(start: table, count: phaseCount)
  }
}
