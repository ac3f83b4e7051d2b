/// The filter gradient of a convolution of stride 1 by Winograd's minimal filtering F(r x r, m x m): the m x m pixels of an
/// output gradient's tile are the filter, and r x r taps come out.
///
/// At each point the product sums over the tiles, chunk by chunk:
///
/// ```
///           tiles                  K                  K
///         +---------+          +-------+          +-------+
///     C   | V[pt]^T |  * tiles | D[pt] |  +=   C  | M[pt] |           then M --> taps
///         +---------+          +-------+          +-------+
/// ```
struct WinogradFilterGradient<Scalar: TensorScalar> {
  let grid: WinogradGrid
  let channels: Int
  let filters: Int
  /// The tiles that are summed over at once, the same for every chunk but the last.
  let chunkTiles: Int
  /// Panels of the output gradient's points.
  let layout: PanelLayout

  /// The points of a chunk: they should be found in the third-level cache.
  private static var chunkBytes: Int { 10 << 20 }
  /// A chunk should not be so long that the points of one product leave the second-level cache.
  private static var mostTiles: Int { 512 }
  /// Tiles that one task transforms.
  private static var transformTiles: Int { 16 }
  /// Channels, rows of M, of one task.
  private static var blockChannels: Int { 128 }

  init(_ geometry: ConvolutionGeometry, _ scheme: WinogradScheme) {
    grid = WinogradGrid(forward: geometry, scheme)
    (channels, filters) = (geometry.inputChannels, geometry.outputChannels)
    layout = PanelLayout(rows: 1, columns: filters, of: Scalar.self)
    let tileBytes = scheme.points * (channels + filters) * MemoryLayout<Scalar>.stride
    let most = min(Self.mostTiles, max(Self.transformTiles, Self.chunkBytes / tileBytes))
    chunkTiles = ceilingDivision(grid.tiles, ceilingDivision(grid.tiles, most))
  }

  var chunks: Int { ceilingDivision(grid.tiles, chunkTiles) }

  /// The distance of two points of V, D and M.
  private var sourceStride: Int { WinogradPlan.apart(chunkTiles * channels) }
  private var gradientStride: Int { WinogradPlan.apart(chunkTiles * layout.paddedColumns) }
  private var sumStride: Int { WinogradPlan.apart(channels * filters) }

  /// The scratch memory: V, D, M, zeros, the rows of V, then each worker's addresses.
  private struct Memory {
    let gradients: Int
    let sums: Int
    let zeros: Int
    let rows: Int
    let workers: Int
    let worker: Int
  }

  private var memory: Memory {
    func aligned(_ elements: Int, of size: Int = MemoryLayout<Scalar>.stride) -> Int { (elements * size + 63) & ~63 }
    let (points, pointer) = (grid.scheme.points, MemoryLayout<UnsafeRawPointer>.stride)
    let gradients = aligned(points * sourceStride)
    let sums = gradients + aligned(points * gradientStride)
    let zeros = sums + aligned(points * sumStride)
    let rows = zeros + aligned(max(channels, filters))
    let workers = rows + aligned(chunkTiles, of: pointer)
    return Memory(
      gradients: gradients, sums: sums, zeros: zeros, rows: rows, workers: workers,
      worker: aligned(max(Self.transformTiles * points, grid.scheme.taps), of: pointer))
  }

  func bytes(threads: Int) -> Int { memory.workers + threads * memory.worker }

  @inline(__always)
  func run(
    _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>,
    into filterGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let memory = memory
    try context.withScratch(bytes: bytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      let sources = scratch.assumingMemoryBound(to: Scalar.self)
      let gradients = (scratch + memory.gradients).assumingMemoryBound(to: Scalar.self)
      let sums = (scratch + memory.sums).assumingMemoryBound(to: Scalar.self)
      let zeros = (scratch + memory.zeros).assumingMemoryBound(to: Scalar.self)
      let rows = (scratch + memory.rows).assumingMemoryBound(to: UnsafePointer<Scalar>.self)
      zeros.update(repeating: 0, count: max(channels, filters))
      for tile in 0..<chunkTiles { rows[tile] = UnsafePointer(sources) + tile * channels }

      var first = 0
      while first < grid.tiles {
        let chunk = first..<min(first + chunkTiles, grid.tiles)
        context.forEach(ceilingDivision(chunk.count, Self.transformTiles)) { task, worker in
          let begin = task * Self.transformTiles
          let tiles = begin..<min(begin + Self.transformTiles, chunk.count)
          transform(
            tiles, of: chunk, input, outputGradient, zeros: zeros, sources: sources, gradients: gradients,
            table: table(worker, memory, in: scratch))
        }
        let blocks = ceilingDivision(channels, Self.blockChannels)
        context.forEach(grid.scheme.points * blocks) { task, _ in
          let (point, block) = task.quotientAndRemainder(dividingBy: blocks)
          let range = block * Self.blockChannels..<min((block + 1) * Self.blockChannels, channels)
          add(
            point, range, tiles: chunk.count, rows, gradients: gradients, to: sums, isFirst: chunk.lowerBound == 0)
        }
        first = chunk.upperBound
      }
      context.forEach(channels) { channel, worker in
        let table = UnsafeMutableRawPointer(table(worker, memory, in: scratch)).assumingMemoryBound(
          to: UnsafeMutablePointer<Scalar>.self)
        for tap in 0..<grid.scheme.taps { table[tap] = filterGradient + (tap * channels + channel) * filters }
        Scalar._fromPoints(
          grid.scheme.tapsMap, sums + channel * filters, stride: sumStride, tileStride: 0, pixels: table, offset: 0,
          start: nil, tiles: 1, channels: filters, finish: [])
      }
    }
  }

  /// The addresses of a worker.
  @inline(__always)
  private func table(
    _ worker: Int, _ memory: Memory, in scratch: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<UnsafePointer<Scalar>> {
    (scratch + memory.workers + worker * memory.worker).assumingMemoryBound(to: UnsafePointer<Scalar>.self)
  }

  /// The points of some tiles of a chunk: V of the input, D of the output gradient.
  @inline(__always)
  private func transform(
    _ tiles: Range<Int>, of chunk: Range<Int>, _ input: UnsafePointer<Scalar>,
    _ outputGradient: UnsafePointer<Scalar>, zeros: UnsafePointer<Scalar>, sources: UnsafeMutablePointer<Scalar>,
    gradients: UnsafeMutablePointer<Scalar>, table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    let places = chunk.lowerBound + tiles.lowerBound..<chunk.lowerBound + tiles.upperBound
    grid.sources(of: places, from: input, channels: channels, outside: zeros, into: table)
    Scalar._toPoints(
      grid.scheme.inputMap, table, offset: 0, points: sources + tiles.lowerBound * channels, stride: sourceStride,
      tileStride: channels, tiles: tiles.count, channels: channels)
    grid.targets(of: places, from: outputGradient, channels: filters, outside: zeros, into: table)
    Scalar._toPoints(
      grid.scheme.gradientMap, table, offset: 0, points: gradients + tiles.lowerBound * layout.paddedColumns,
      stride: gradientStride, tileStride: layout.paddedColumns, tiles: tiles.count, channels: filters)
  }

  /// `M[point] += V[point]^T D[point]` for some channels.
  @inline(__always)
  private func add(
    _ point: Int, _ range: Range<Int>, tiles: Int, _ rows: UnsafePointer<UnsafePointer<Scalar>>,
    gradients: UnsafePointer<Scalar>, to sums: UnsafeMutablePointer<Scalar>, isFirst: Bool
  ) {
    let target = sums + point * sumStride
    if isFirst { (target + range.lowerBound * filters).update(repeating: 0, count: range.count * filters) }
    for panel in 0..<layout.panels {
      let (columns, width) = (layout.columns(of: panel), layout.width(of: panel))
      var channel = range.lowerBound
      while channel < range.upperBound {
        let count = min(Scalar._blockRows, range.upperBound - channel)
        Scalar._outer(
          rows, count: tiles, offset: point * sourceStride + channel,
          panel: gradients + point * gradientStride + columns.lowerBound, width: width, pitch: layout.paddedColumns,
          target: target + channel * filters + columns.lowerBound, stride: filters, rows: count,
          columns: columns.count, ahead: nil)
        channel += count
      }
    }
  }
}
