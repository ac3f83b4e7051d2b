extension ConvolutionGeometry {
  /// Whether the forward pass goes along the channels, because of the few filters a panel would be mostly zeros: the last
  /// layer of a segmentation or of a generator of images.
  func hasFewFilters<Scalar: TensorScalar>(_ scalar: Scalar.Type) -> Bool {
    let lowering = Lowering(input: self, group: 0)
    return groups == 1 && outputChannels <= Self.fewFilters && !lowering.copiesRows
      && lowering.run % Scalar._dotLanes == 0
  }

  /// As many as `_dot` takes at once.
  static var fewFilters: Int { 4 }

  /// Tile by tile; vectors run along the columns of the column matrix, and the filter is transposed once:
  ///
  /// ```
  ///            R S C                              K
  ///         +---------+         R S C           +---+
  ///   tile  | columns |  *  K +--------+ ^T  =  |   |  tile
  ///         +---------+       | filter |        +---+
  ///                           +--------+
  /// ```
  func fewFiltersForward<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, _ bias: UnsafePointer<Scalar>?,
    _ activation: Activation, _ output: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let few = FewFilters(self, Scalar.self)
    let (lowering, memory) = (few.lowering, few.memory)
    try context.withScratch(bytes: memory.bytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      let filters = memory.panels(in: scratch, as: Scalar.self)
      transpose(
        from: filter, stride: outputChannels, rows: lowering.columns, columns: outputChannels, into: filters,
        stride: lowering.columns)
      memory.fillStarts(in: scratch, few.layout, groups: 1, with: bias)
      let targets = PixelGrid(
        base: output, height: 1, width: lowering.pixels, imageStride: 0, rowStride: 0, pixelStride: outputChannels)
      context.forEach(ceilingDivision(lowering.pixels, few.tilePixels)) { task, worker in
        let pixels = task * few.tilePixels..<min((task + 1) * few.tilePixels, lowering.pixels)
        let region = memory.worker(worker, in: scratch)
        let sources = region.assumingMemoryBound(to: UnsafePointer<Scalar>.self)
        let outputs = (region + few.targets).assumingMemoryBound(to: UnsafeMutablePointer<Scalar>.self)
        // Nothing is copied: the memory for copies is never touched.
        lowering.refer(
          to: input, zeros: memory.zeros(in: scratch, as: Scalar.self), pixels: pixels, segments: 0..<lowering.segments,
          copies: filters, into: sources, stride: pixels.count)
        targets.addresses(of: pixels, into: outputs)
        Scalar._dot(
          sources, stride: pixels.count, segments: lowering.segments, run: lowering.run, filter: filters,
          start: memory.start(in: scratch, 0, few.layout, as: Scalar.self), target: outputs, rows: pixels.count,
          columns: outputChannels)
        activation.apply(outputs[0], count: pixels.count * outputChannels)
      }
    }
  }
}

/// The tiles and the scratch memory of a forward pass with few filters, a function of the shapes alone.
struct FewFilters {
  let lowering: Lowering
  let layout: PanelLayout
  let tilePixels: Int
  /// Where the outputs' addresses begin in a worker's region, in bytes.
  let targets: Int
  let memory: LoweredMemory

  /// A task of fewer multiplications is not worth handing to another thread.
  private static let taskOperations = 1 << 18
  private static let mostTilePixels = 1024

  init<Scalar: TensorScalar>(_ geometry: ConvolutionGeometry, _ scalar: Scalar.Type) {
    lowering = Lowering(input: geometry, group: 0)
    layout = PanelLayout(rows: lowering.columns, columns: geometry.outputChannels, of: scalar)
    let operations = max(1, lowering.columns * geometry.outputChannels)
    tilePixels = min(lowering.pixels, Self.mostTilePixels, max(64, Self.taskOperations / operations))
    let pointer = MemoryLayout<UnsafeRawPointer>.stride
    targets = (tilePixels * lowering.segments * pointer + 63) & ~63
    memory = LoweredMemory(
      panelElements: lowering.columns * geometry.outputChannels, startElements: layout.paddedColumns, run: lowering.run,
      worker: targets + (tilePixels * pointer + 63) & ~63, of: scalar)
  }
}
