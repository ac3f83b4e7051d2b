extension WinogradFilterGradient {
  /// Each task takes a segment of the tiles through all steps but the last, in the cache of its own core:
  ///
  /// ```
  /// pixels --> V, D of a chunk          M of the segment += V^T D          sum of all segments' M --> taps
  /// ```
  @inline(__always)
  func runByTiles(
    _ operands: FilterGradientOperands<Scalar>, _ scratch: UnsafeMutableRawPointer, _ context: ExecutionContext
  ) {
    let zeros = UnsafePointer(memory.zeros.base(in: scratch))
    let sums = memory.sums.base(in: scratch)
    let (channels, stride) = (0..<plan.channels, plan.sumStride)
    context.forEach(plan.segments) { segment, index in
      let own = memory.layout.worker(index, in: scratch)
      let points = points(in: own)
      let tiles = plan.tiles(ofSegment: segment)
      for chunk in plan.chunks(of: tiles) {
        for first in Swift.stride(from: chunk.lowerBound, to: chunk.upperBound, by: Self.transformTiles) {
          transform(
            first..<min(first + Self.transformTiles, chunk.upperBound), ofChunkAt: chunk.lowerBound, operands,
            into: points, streams: false, zeros: zeros, table: memory.table.base(in: own))
        }
        multiply(
          points, tiles: chunk.count, channels, into: sums + segment * plan.sumElements, stride: stride,
          isFirst: chunk.lowerBound == tiles.lowerBound)
      }
    }
    context.forEach(ceilingDivision(plan.channels, plan.blockChannels)) { block, index in
      let channels = plan.channels(ofBlock: block)
      let first = channels.lowerBound * plan.filters
      for point in 0..<plan.scheme.points {
        let sum = sums + (point * stride + first)
        addPartials(
          sum + plan.sumElements, count: plan.segments - 1, stride: plan.sumElements,
          length: channels.count * plan.filters, to: sum)
      }
      writeTaps(
        channels, from: sums + first, stride: stride, to: operands.filterGradient,
        table: memory.table.base(in: memory.layout.worker(index, in: scratch)))
    }
  }
}
