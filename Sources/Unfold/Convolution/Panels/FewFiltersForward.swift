/// The forward pass of a few filters, tile by tile: vectors run along the columns of the column matrix, because a panel would
/// hold mostly zeros. The last layer of a segmentation network or of a generator of images is one.
///
/// The filter is transposed once:
///
/// ```
///            R S C                              K
///         +---------+         R S C           +---+
///   tile  | columns |  *  K +--------+ ^T  =  |   |  tile
///         +---------+       | filter |        +---+
///                           +--------+
/// ```
struct FewFiltersForward<Scalar: TensorScalar>: ConvolutionMethod {
  private let lowering: Lowering
  private let layout: PanelLayout
  private let tilePixels: Int
  /// A worker's addresses.
  private let sources: ScratchRegion<UnsafePointer<Scalar>>
  private let targets: ScratchRegion<UnsafeMutablePointer<Scalar>>
  private let memory: LoweredMemory<Scalar>

  /// As many as `_Kernels.dot` takes at once.
  static var mostFilters: Int { 4 }
  /// A task of fewer multiplications is not worth handing to another thread.
  private static var taskOperations: Int { 1 << 18 }
  private static var mostTilePixels: Int { 1024 }

  /// nil for geometries that other methods compute faster, or whose rows are copied.
  init?(_ geometry: ConvolutionGeometry) {
    guard geometry.groups == 1, geometry.outputChannels <= Self.mostFilters else { return nil }
    lowering = Lowering(input: geometry, group: 0)
    guard !lowering.copiesRows, lowering.segmentLength % Scalar._kernels.lanes == 0 else { return nil }
    layout = PanelLayout(rows: lowering.columns, columns: geometry.outputChannels, of: Scalar.self)
    let operations = max(1, lowering.columns * geometry.outputChannels)
    tilePixels = min(lowering.pixels, Self.mostTilePixels, max(64, Self.taskOperations / operations))
    var own = ScratchRegions()
    sources = own.reserve(tilePixels * lowering.segments, of: UnsafePointer<Scalar>.self)
    targets = own.reserve(tilePixels, of: UnsafeMutablePointer<Scalar>.self)
    memory = LoweredMemory(
      panelElements: lowering.columns * geometry.outputChannels, startElements: layout.paddedColumns,
      segmentLength: lowering.segmentLength,
      own: own)
  }

  var title: String { "dot products along the columns, for a few filters" }
  var facts: [MethodExplanation.Fact] {
    [
      .init("tile", "\(tilePixels) of \(lowering.pixels) pixels"),
      .init("tasks", "\(ceilingDivision(lowering.pixels, tilePixels))"),
    ]
  }

  func workspaceBytes(threads: Int) -> Int { memory.bytes(threads: threads) }

  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    let outputChannels = layout.columns
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      let filters = memory.panels.base(in: scratch)
      transpose(
        from: operands.filter, stride: outputChannels, rows: lowering.columns, columns: outputChannels, into: filters,
        stride: lowering.columns)
      memory.fillStarts(in: scratch, layout, groups: 1, with: operands.bias)
      let grid = PixelGrid(
        base: operands.target, height: 1, width: lowering.pixels, imageStride: 0, rowStride: 0,
        pixelStride: outputChannels)
      context.forEach(ceilingDivision(lowering.pixels, tilePixels)) { task, worker in
        let pixels = task * tilePixels..<min((task + 1) * tilePixels, lowering.pixels)
        let region = memory.worker(worker, in: scratch)
        let (sources, outputs) = (sources.base(in: region), targets.base(in: region))
        // Nothing is copied: the memory for copies is never touched.
        lowering.refer(
          to: operands.source, zeros: UnsafePointer(memory.zeros.base(in: scratch)), pixels: pixels,
          segments: 0..<lowering.segments, copies: filters, into: sources, stride: pixels.count)
        grid.addresses(of: pixels, into: outputs)
        Scalar._kernels.dot(
          sources, tapStride: pixels.count, taps: lowering.segments, terms: lowering.segmentLength, filter: filters,
          bias: memory.start(0, layout, in: scratch), target: outputs, rows: pixels.count,
          columns: outputChannels)
        operands.activation.apply(outputs[0], count: pixels.count * outputChannels)
      }
    }
  }
}
