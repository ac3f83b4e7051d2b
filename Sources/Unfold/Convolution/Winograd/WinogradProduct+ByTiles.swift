extension WinogradProduct {
  /// First the filter is transformed; then each task takes some tiles:
  ///
  /// ```
  /// pixels --> V[point][tile][C]      V[point] U[point] = M[point][tile][block of K]      M --> pixels
  /// ```
  @inline(__always)
  func runByTiles(_ operands: ImageOperands<Scalar>, _ scratch: UnsafeMutableRawPointer, _ context: ExecutionContext) {
    let transformed =
      filter.tapLayout == .packed ? operands.filter : UnsafePointer(memory.sharedTransformed.base(in: scratch))
    if filter.tapLayout != .packed {
      filter.forEachBlock(context) { panel, rows, index in
        filter.transform(
          operands.filter, panel: panel, rows: rows,
          into: memory.sharedTransformed.base(in: scratch) + filter.layout.offset(of: panel, row: rows.lowerBound),
          stride: filter.pointElements, streams: context.threads > 1,
          scratch: UnsafeMutableRawPointer(memory.filter.base(in: memory.layout.worker(index, in: scratch))))
      }
    }
    let zeros = UnsafePointer(memory.zeros.base(in: scratch))
    let start = operands.bias == nil ? nil : UnsafePointer(memory.starts.base(in: scratch))
    context.forEach(plan.tasks) { task, index in
      let tiles = plan.tiles(ofTask: task)
      let own = memory.layout.worker(index, in: scratch)
      let (sources, sums) = (memory.transformed.base(in: own), memory.sums.base(in: own))
      let (table, outside) = (memory.pixels.base(in: own), memory.outside.base(in: own))
      transformSource(tiles, operands.source, at: 0, into: sources, streams: false, zeros: zeros, table: table)
      let rows = memory.rows.base(in: own)
      let sumRows = memory.sumRows.base(in: own)
      for tile in 0..<tiles.count {
        rows[tile] = UnsafePointer(sources) + tile * plan.channels
        sumRows[tile] = sums + tile * plan.blockFilters
      }
      grid.targets(
        of: tiles, from: UnsafePointer(operands.target), channels: plan.filters, outside: outside, into: table)
      for first in stride(from: 0, to: plan.filters, by: plan.blockFilters) {
        let filters = first..<min(first + plan.blockFilters, plan.filters)
        multiply(filters, tiles: tiles.count, transformed: transformed, zeros: zeros, rows, sumRows)
        writePixels(
          table, tiles: tiles.count, filters, from: sums, start: start, outside: outside, operands.activation)
      }
    }
  }

  /// KC, the most channels that are accumulated at once; the sums of such blocks are added in order.
  private var partChannels: Int { 2048 }

  /// `M[point] = V[point] U[point]` for a block of filters and all points of the Winograd domain.
  @inline(__always)
  private func multiply(
    _ filters: Range<Int>, tiles: Int, transformed: UnsafePointer<Scalar>, zeros: UnsafePointer<Scalar>,
    _ sourceRows: UnsafePointer<UnsafePointer<Scalar>>, _ sumRows: UnsafePointer<UnsafeMutablePointer<Scalar>>
  ) {
    let layout = filter.layout
    let panels = filters.lowerBound / layout.width...(filters.upperBound - 1) / layout.width
    let rowsAtOnce = Scalar._kernels.mr * layout.blocksAtOnce(terms: plan.channels)
    for point in 0..<plan.scheme.points {
      for panel in panels {
        let right = transformed + point * filter.pointElements + layout.offset(of: panel)
        let (columns, width) = (layout.columns(of: panel), layout.width(of: panel))
        for first in stride(from: 0, to: plan.channels, by: partChannels) {
          for row in stride(from: 0, to: tiles, by: rowsAtOnce) {
            Scalar._kernels.product(
              sourceRows + row, offset: point * plan.sourceStride + first,
              terms: min(partChannels, plan.channels - first), panel: right + first * width, width: width,
              bias: first == 0 ? zeros : nil, target: sumRows + row,
              column: point * plan.sumStride + columns.lowerBound - filters.lowerBound,
              rows: min(rowsAtOnce, tiles - row), columns: columns.count)
          }
        }
      }
    }
  }
}
