extension WinogradProduct {
  /// First all tiles are transformed; then each task takes a panel of filters, whose transform never leaves the cache:
  ///
  /// ```
  /// taps --> U[point][block of C][panel]    M[point][tile][panel] += V[point][block of C] U[point]    M --> pixels
  /// ```
  @inline(__always)
  func runByFilters(_ operands: ImageOperands<Scalar>, _ scratch: UnsafeMutableRawPointer, _ context: ExecutionContext)
  {
    let (sources, strips) = (memory.sharedTransformed.base(in: scratch), plan.sourceStrips)
    let zeros = UnsafePointer(memory.zeros.base(in: scratch))
    let start = operands.bias == nil ? nil : UnsafePointer(memory.starts.base(in: scratch))
    let (table, rows) = (memory.sharedPixels.base(in: scratch), memory.sharedRows.base(in: scratch))
    let outside = UnsafePointer(memory.outside.base(in: memory.layout.worker(0, in: scratch)))
    context.forEach(ceilingDivision(plan.tiles, Self.transformTiles)) { task, index in
      let first = task * Self.transformTiles
      let tiles = first..<min(first + Self.transformTiles, plan.tiles)
      transformSource(
        tiles, operands.source, at: first, into: sources, streams: context.threads > 1, zeros: zeros,
        table: memory.pixels.base(in: memory.layout.worker(index, in: scratch)))
      grid.targets(
        of: tiles, from: UnsafePointer(operands.target), channels: plan.filters, outside: outside,
        into: table + first * plan.scheme.pixels)
      for tile in tiles { rows[tile] = UnsafePointer(sources) + tile * strips.width }
    }
    let layout = filter.layout
    context.forEach(plan.tasks) { panel, index in
      let own = memory.layout.worker(index, in: scratch)
      let (transformed, sums) = (memory.transformed.base(in: own), memory.sums.base(in: own))
      let sumRows = memory.sumRows.base(in: own)
      for tile in 0..<plan.tiles { sumRows[tile] = sums + tile * plan.blockFilters }
      let (columns, width) = (layout.columns(of: panel), layout.width(of: panel))
      let pointStride = WinogradPlan.apart(plan.blockChannels * width)
      for first in stride(from: 0, to: plan.channels, by: plan.blockChannels) {
        let channels = first..<min(first + plan.blockChannels, plan.channels)
        filter.transform(
          operands.filter, panel: panel, rows: channels, into: transformed, stride: pointStride, streams: false,
          scratch: UnsafeMutableRawPointer(memory.filter.base(in: own)))
        var next = following(panel, rows: channels.upperBound, operands.filter)
        for point in 0..<plan.scheme.points {
          let offset = point * strips.pointStride + strips.offset(ofTile: 0, first)
          for row in stride(from: 0, to: plan.tiles, by: Scalar._kernels.mr) {
            Scalar._kernels.product(
              rows + row, offset: offset, terms: channels.count,
              panel: transformed + point * pointStride, width: width, bias: first == 0 ? zeros : nil,
              target: sumRows + row, column: point * plan.sumStride, rows: min(Scalar._kernels.mr, plan.tiles - row),
              columns: columns.count,
              prefetch: next.take(lines: channels.count)
                ?? UnsafeRawPointer(rows[row] + offset + Scalar._kernels.mr * strips.width))
          }
        }
      }
      writePixels(
        table, tiles: plan.tiles, columns, from: sums, start: start, outside: outside, operands.activation)
    }
  }

  /// The packed taps of the next block of channels, or of the next panel, which probably follows. They are prefetched
  /// from memory while this block is multiplied.
  @inline(__always)
  private func following(_ panel: Int, rows first: Int, _ taps: UnsafePointer<Scalar>) -> PrefetchCursor {
    guard filter.tapLayout == .packed else { return PrefetchCursor() }
    let isLast = first == plan.channels
    guard !isLast || panel + 1 < filter.layout.panels else { return PrefetchCursor() }
    let (panel, first) = isLast ? (panel + 1, 0) : (panel, first)
    return filter.packed(taps, panel: panel, rows: first..<min(first + plan.blockChannels, plan.channels))
  }
}
