extension WinogradFilterGradient {
  /// First all threads transform a chunk of tiles; then each task takes a block of channels. If one chunk holds all
  /// tiles, the block's sums stay in the cache until they become taps:
  ///
  /// ```
  /// pixels --> V, D of all tiles          M of the block = V^T D          M of the block --> taps
  /// ```
  @inline(__always)
  func runByChannels(
    _ operands: FilterGradientOperands<Scalar>, _ scratch: UnsafeMutableRawPointer, _ context: ExecutionContext
  ) {
    let zeros = UnsafePointer(memory.zeros.base(in: scratch))
    let transformed = transformedChunk(in: scratch)
    let tiles = 0..<plan.tiles
    for chunk in plan.chunks(of: tiles) {
      context.forEach(ceilingDivision(chunk.count, Self.transformTiles)) { task, index in
        let first = chunk.lowerBound + task * Self.transformTiles
        transform(
          first..<min(first + Self.transformTiles, chunk.upperBound), ofChunkAt: chunk.lowerBound, operands,
          into: transformed, streams: context.threads > 1, zeros: zeros,
          table: memory.table.base(in: memory.layout.worker(index, in: scratch)))
      }
      context.forEach(ceilingDivision(plan.channels, plan.blockChannels)) { block, index in
        let own = memory.layout.worker(index, in: scratch)
        let sums =
          plan.keepsSums ? memory.sums.base(in: scratch) + block * plan.sumElements : memory.ownSums.base(in: own)
        let channels = plan.channels(ofBlock: block)
        multiply(
          transformed, tiles: chunk.count, channels, into: sums, stride: plan.sumStride,
          isFirst: chunk.lowerBound == tiles.lowerBound)
        if chunk.upperBound == tiles.upperBound {
          writeTaps(
            channels, from: sums, stride: plan.sumStride, to: operands.filterGradient, table: memory.table.base(in: own)
          )
        }
      }
    }
  }
}
