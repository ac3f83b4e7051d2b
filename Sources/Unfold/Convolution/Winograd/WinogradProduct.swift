/// A convolution of stride 1 by Winograd's minimal filtering: the forward pass, or the input gradient, which is a
/// forward pass with the flipped filter.
///
/// With the polynomials of rows and columns evaluated at n interpolation points each, `Y = A^T [(G w G^T) . (B^T d B)]
/// A` for a tile Y of output pixels, the source pixels d below it and the taps w of a filter. A is linear, so that the
/// sum over the channels is computed in the Winograd domain: one matrix product for each of its n² points:
///
/// ```
///              C                  K                    K
///          +-------+          +-------+            +-------+
///   tiles  | V[pt] |  *    C  | U[pt] |  =  tiles  | M[pt] |          for each point
///          +-------+          +-------+            +-------+
/// ```
struct WinogradProduct<Scalar: TensorScalar>: ConvolutionMethod {
  let grid: WinogradGrid
  let plan: WinogradPlan
  let filter: WinogradFilter<Scalar>
  let memory: WinogradMemory<Scalar>

  /// The tiles that one task transforms where that is a separate step.
  static var transformTiles: Int { 8 }

  /// - Parameters:
  ///   - channels: C of the source.
  ///   - filters: K of the target.
  ///   - tapLayout: How the filter lies in memory.
  init(_ grid: WinogradGrid, channels: Int, filters: Int, tapLayout: WinogradFilter<Scalar>.TapLayout) {
    self.grid = grid
    plan = WinogradPlan(grid, channels: channels, filters: filters, Scalar.self)
    filter = WinogradFilter(
      scheme: grid.scheme, layout: PanelLayout(rows: channels, columns: filters, of: Scalar.self), tapLayout: tapLayout)
    memory = WinogradMemory(plan, filter)
  }

  var title: String {
    "Winograd's minimal filtering, tiles of \(plan.scheme.tile.height) x \(plan.scheme.tile.width) outputs"
  }
  var facts: [MethodExplanation.Fact] {
    [
      .init(
        "Winograd domain",
        "\(plan.scheme.points) matrix products of \(plan.tiles) tiles x \(plan.channels) x \(plan.filters)"),
      .init(
        "partition",
        plan.partition == .tiles
          ? "\(plan.taskTiles) tiles a task, with all filters" : "a panel of filters a task, with all tiles"),
      .init("tasks", "\(plan.tasks)"),
    ]
  }

  func workspaceBytes(threads: Int) -> Int { memory.layout.bytes(threads: threads) }

  /// Writes the target, including bias and activation.
  @inline(__always)
  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      if let bias = operands.bias { memory.starts.base(in: scratch).update(from: bias, count: plan.filters) }
      memory.zeros.base(in: scratch).update(repeating: 0, count: max(plan.channels, Scalar._kernels.nr))
      switch plan.partition {
      case .tiles: runByTiles(operands, scratch, context)
      case .filters: runByFilters(operands, scratch, context)
      }
    }
  }

  /// Transforms some tiles of the source, the first of them to place `place` of the strips.
  @inline(__always)
  func transformSource(
    _ tiles: Range<Int>, _ source: UnsafePointer<Scalar>, at place: Int, into transformed: UnsafeMutablePointer<Scalar>,
    streams: Bool, zeros: UnsafePointer<Scalar>, table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    grid.sources(of: tiles, from: source, channels: plan.channels, outside: zeros, into: table)
    plan.sourceStrips.write(
      plan.scheme.inputMap, table, tiles: place..<place + tiles.count, channels: plan.channels, into: transformed,
      streams: streams)
  }

  /// Writes the pixels of some tiles from their sums, for a block of filters.
  @inline(__always)
  func writePixels(
    _ table: UnsafeMutablePointer<UnsafePointer<Scalar>>, tiles: Int, _ filters: Range<Int>,
    from sums: UnsafePointer<Scalar>, start: UnsafePointer<Scalar>?, outside: UnsafePointer<Scalar>,
    _ activation: Activation
  ) {
    let pixels = UnsafeRawPointer(table).assumingMemoryBound(to: UnsafeMutablePointer<Scalar>.self)
    Scalar._kernels.fromPoints(
      plan.scheme.outputMap, sums, stride: plan.sumStride, tileStride: plan.blockFilters, pixels: pixels,
      offset: filters.lowerBound, bias: start.map { $0 + filters.lowerBound }, tiles: tiles,
      channels: filters.count, epilogue: activation == .relu ? .relu : [])
    if activation == .identity || activation == .relu { return }
    for pixel in 0..<tiles * plan.scheme.pixels where UnsafePointer(pixels[pixel]) != outside {
      activation.apply(pixels[pixel] + filters.lowerBound, count: filters.count)
    }
  }
}
