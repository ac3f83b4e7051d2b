extension WinogradFilterGradient {
  /// Each task takes a slice of the tiles through all steps but the last, in the cache of its own core:
  ///
  /// ```
  /// pixels --> V, D of a chunk          M of the slice += V^T D          sum of all slices' M --> taps
  /// ```
  @inline(__always)
  func runByTiles(
    _ operands: FilterGradientOperands<Scalar>, _ scratch: UnsafeMutableRawPointer, _ context: ExecutionContext
  ) {
    let zeros = UnsafePointer(memory.zeros.base(in: scratch))
    let sums = memory.sums.base(in: scratch)
    let (channels, stride) = (0..<plan.channels, plan.sumStride)
    context.forEach(plan.slices) { slice, index in
      let own = memory.layout.worker(index, in: scratch)
      let transformed = transformedChunk(in: own)
      let tiles = plan.tiles(ofSlice: slice)
      for chunk in plan.chunks(of: tiles) {
        for first in Swift.stride(from: chunk.lowerBound, to: chunk.upperBound, by: Self.transformTiles) {
          transform(
            first..<min(first + Self.transformTiles, chunk.upperBound), ofChunkAt: chunk.lowerBound, operands,
            into: transformed, streams: false, zeros: zeros, table: memory.table.base(in: own))
        }
        multiply(
          transformed, tiles: chunk.count, channels, into: sums + slice * plan.sumElements, stride: stride,
          isFirst: chunk.lowerBound == tiles.lowerBound)
      }
    }
    context.forEach(ceilingDivision(plan.channels, plan.blockChannels)) { block, index in
      let channels = plan.channels(ofBlock: block)
      let first = channels.lowerBound * plan.filters
      for point in 0..<plan.scheme.points {
        let sum = sums + (point * stride + first)
        addPartials(
          sum + plan.sumElements, count: plan.slices - 1, stride: plan.sumElements,
          length: channels.count * plan.filters, to: sum)
      }
      writeTaps(
        channels, from: sums + first, stride: stride, to: operands.filterGradient,
        table: memory.table.base(in: memory.layout.worker(index, in: scratch)))
    }
  }
}
