extension WinogradProduct {
  /// The elements of a packed filter.
  var packedElements: Int {
    switch plan.partition {
    case .tiles: filter.elements
    case .filters: filter.scheme.taps * filter.layout.elements
    }
  }

  /// Packs a filter `[r, r, C, K]` for many passes: transformed where the tasks are tiles; as taps where the tasks are
  /// filters. There, the transformed filter takes four times the memory, and reading it would take longer than
  /// transforming the taps again.
  @inline(__always)
  func packFilter(
    _ taps: UnsafePointer<Scalar>, into packed: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let bytes = (filter.scratchBytes + 63) & ~63
    try context.withScratch(bytes: context.threads * bytes) { (scratch) throws(UnfoldError) in
      filter.forEachBlock(context) { panel, rows, index in
        switch plan.partition {
        case .tiles:
          filter.transform(
            taps, panel: panel, rows: rows, into: packed + filter.layout.offset(of: panel, row: rows.lowerBound),
            stride: filter.pointElements, streams: false, scratch: scratch + index * bytes)
        case .filters: filter.pack(taps, panel: panel, rows: rows, into: packed)
        }
      }
    }
  }
}

extension WinogradFilter {
  /// Calls `body` for the blocks of rows of every panel, on all threads.
  @inline(__always)
  func forEachBlock(_ context: ExecutionContext, _ body: (_ panel: Int, _ rows: Range<Int>, _ worker: Int) -> Void) {
    let blocks = ceilingDivision(layout.rows, Self.blockRows)
    context.forEach(layout.panels * blocks) { task, worker in
      let (panel, block) = task.quotientAndRemainder(dividingBy: blocks)
      let first = block * Self.blockRows
      body(panel, first..<min(first + Self.blockRows, layout.rows), worker)
    }
  }
}
