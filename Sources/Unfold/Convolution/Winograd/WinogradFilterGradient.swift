/// The filter gradient of a convolution of stride 1 by Winograd's minimal filtering F(r x r, m x m): the m x m pixels
/// of an output gradient's tile are the filter, and the result is r x r taps.
///
/// For each point of the Winograd domain a matrix product sums over the tiles, chunk by chunk:
///
/// ```
///           tiles                  K                  K
///         +---------+          +-------+          +-------+
///     C   | V[pt]^T |  * tiles | D[pt] |  +=   C  | M[pt] |           then M --> taps
///         +---------+          +-------+          +-------+
/// ```
struct WinogradFilterGradient<Scalar: TensorScalar>: ConvolutionMethod {
  let grid: WinogradGrid
  let plan: WinogradFilterGradientPlan
  let memory: WinogradFilterGradientMemory<Scalar>
  /// Panels of a row of D.
  let panels: PanelLayout

  /// Tiles that are transformed at once.
  static var transformTiles: Int { 16 }

  init(_ geometry: ConvolutionGeometry, _ scheme: WinogradScheme) {
    grid = WinogradGrid(forward: geometry, scheme)
    plan = WinogradFilterGradientPlan(
      grid, channels: geometry.inputChannels, filters: geometry.outputChannels, Scalar.self)
    memory = WinogradFilterGradientMemory(plan)
    panels = PanelLayout(rows: 1, columns: plan.filters, of: Scalar.self)
  }

  var title: String { "Winograd's minimal filtering, the output gradient as the filter" }
  var facts: [MethodExplanation.Fact] {
    [
      .init(
        "Winograd domain",
        "\(grid.scheme.points) matrix products of \(plan.channels) x \(grid.tiles) tiles x \(plan.filters)"),
      .init(
        "partition",
        plan.partition == .tiles
          ? "\(plan.chunkTiles) tiles at a time, \(plan.slices) partial sums"
          : "\(plan.blockChannels) channels a task"),
    ]
  }

  func workspaceBytes(threads: Int) -> Int { memory.layout.bytes(threads: threads) }

  @inline(__always)
  func run(_ operands: FilterGradientOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      memory.zeros.base(in: scratch).update(repeating: 0, count: max(plan.channels, plan.filters))
      switch plan.partition {
      case .tiles: runByTiles(operands, scratch, context)
      case .channels: runByChannels(operands, scratch, context)
      }
    }
  }

  /// V and D of a chunk, and the addresses of the rows of V at the first point of the Winograd domain.
  struct TransformedChunk {
    let sources, gradients: UnsafeMutablePointer<Scalar>
    let rows: UnsafeMutablePointer<UnsafePointer<Scalar>>
  }

  /// The transformed chunk in a piece of memory: the shared one, or a worker's.
  @inline(__always)
  func transformedChunk(in scratch: UnsafeMutableRawPointer) -> TransformedChunk {
    TransformedChunk(
      sources: memory.sources.base(in: scratch), gradients: memory.gradients.base(in: scratch),
      rows: memory.rows.base(in: scratch))
  }

  /// Transforms some tiles, the first of a chunk being tile `chunk`: V of the input, D of the output gradient.
  @inline(__always)
  func transform(
    _ tiles: Range<Int>, ofChunkAt chunk: Int, _ operands: FilterGradientOperands<Scalar>,
    into transformed: TransformedChunk,
    streams: Bool, zeros: UnsafePointer<Scalar>, table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    let first = tiles.lowerBound - chunk
    for index in 0..<tiles.count {
      transformed.rows[first + index] = UnsafePointer(transformed.sources) + (first + index) * plan.sourceStrips.width
    }
    grid.sources(of: tiles, from: operands.input, channels: plan.channels, outside: zeros, into: table)
    let places = first..<first + tiles.count
    plan.sourceStrips.write(
      grid.scheme.inputMap, table, tiles: places, channels: plan.channels, into: transformed.sources, streams: streams)
    grid.targets(of: tiles, from: operands.outputGradient, channels: plan.filters, outside: zeros, into: table)
    plan.gradientStrips.write(
      grid.scheme.gradientMap, table, tiles: places, channels: plan.filters, into: transformed.gradients,
      streams: streams)
  }

  /// `M += V^T D` for some channels, at all points, whose sums lie `stride` elements apart.
  @inline(__always)
  func multiply(
    _ transformed: TransformedChunk, tiles: Int, _ channels: Range<Int>, into sums: UnsafeMutablePointer<Scalar>,
    stride: Int,
    isFirst: Bool
  ) {
    let (sources, gradients) = (plan.sourceStrips, plan.gradientStrips)
    for point in 0..<plan.scheme.points {
      let target = sums + point * stride
      if isFirst { target.update(repeating: 0, count: channels.count * plan.filters) }
      for panel in 0..<panels.panels {
        let columns = panels.columns(of: panel)
        let right =
          transformed.gradients + point * gradients.pointStride + gradients.offset(ofTile: 0, columns.lowerBound)
        var next = following(transformed, point, panel, tiles: tiles, channels)
        var channel = channels.lowerBound
        while channel < channels.upperBound {
          let count = min(Scalar._kernels.mr, channels.upperBound - channel)
          Scalar._kernels.outer(
            transformed.rows, terms: tiles, offset: point * sources.pointStride + sources.offset(ofTile: 0, channel),
            panel: right, width: panels.width(of: panel), panelStride: gradients.width,
            target: target + (channel - channels.lowerBound) * plan.filters + columns.lowerBound,
            stride: plan.filters, rows: count, columns: columns.count,
            prefetch: next.gradients.take(lines: tiles) ?? next.sources.take(lines: tiles))
          channel += count
        }
      }
    }
  }

  /// What is multiplied next and is prefetched, because another core may have written it: the next panel of D and,
  /// after the last one, V at the next point.
  @inline(__always)
  private func following(
    _ transformed: TransformedChunk, _ point: Int, _ panel: Int, tiles: Int, _ channels: Range<Int>
  ) -> (gradients: PrefetchCursor, sources: PrefetchCursor) {
    let (sources, gradients) = (plan.sourceStrips, plan.gradientStrips)
    let isLast = panel + 1 == panels.panels
    let next = isLast ? point + 1 : point
    guard next < plan.scheme.points else { return (PrefetchCursor(), PrefetchCursor()) }
    let column = isLast ? 0 : panels.columns(of: panel + 1).lowerBound
    let right = transformed.gradients + next * gradients.pointStride + gradients.offset(ofTile: 0, column)
    guard isLast else { return (PrefetchCursor(right, count: tiles * gradients.width), PrefetchCursor()) }
    let left = transformed.sources + next * sources.pointStride + sources.offset(ofTile: 0, channels.lowerBound)
    let strips = ceilingDivision(channels.count, sources.width)
    return (
      PrefetchCursor(right, count: tiles * gradients.width),
      PrefetchCursor(left, count: strips * plan.chunkTiles * sources.width)
    )
  }

  /// The taps of some channels from their sums.
  @inline(__always)
  func writeTaps(
    _ channels: Range<Int>, from sums: UnsafePointer<Scalar>, stride: Int,
    to filterGradient: UnsafeMutablePointer<Scalar>, table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    let table = UnsafeMutableRawPointer(table).assumingMemoryBound(to: UnsafeMutablePointer<Scalar>.self)
    for (index, channel) in channels.enumerated() {
      for tap in 0..<plan.scheme.taps { table[tap] = filterGradient + (tap * plan.channels + channel) * plan.filters }
      Scalar._kernels.fromPoints(
        plan.scheme.tapsMap, sums + index * plan.filters, stride: stride, tileStride: 0, pixels: table, offset: 0,
        bias: nil, tiles: 1, channels: plan.filters, epilogue: [])
    }
  }
}
