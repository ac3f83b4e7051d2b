/// How a product `[M x L] * [L x K] -> [M x K]` is cut into tasks: tiles of M pixels times blocks of K filters. Within a
/// task, the L products that each output sums are taken some at a time, so that their rows of a panel stay in the cache
/// while all rows of the tile pass by.
///
/// ```
///                 L                       K
///           part 0  part 1         block 0   block 1
///          +-------+-------+      +---------+---------+
///   tile 0 |       |       |      | panels  |         |  part 0      Task (tile, block), part by part, panel by panel:
///          +-------+-------+  *   +---------+---------+              rows of the tile * panel -> rows of the output
///   tile 1 |       |       |      |         |         |  part 1
///          +-------+-------+      +---------+---------+
/// ```
///
/// The cut is a function of the shapes alone: results do not depend on the number of threads.
struct TilePlan {
  let pixels, filters: Int
  /// Rows of a tile.
  let tilePixels: Int
  /// Columns of a block of filters, whole panels.
  let blockFilters: Int
  /// What is summed at once, in order.
  let parts: ReductionParts

  var tiles: Int { ceilingDivision(pixels, tilePixels) }
  var filterBlocks: Int { ceilingDivision(filters, blockFilters) }
  var tasks: Int { tiles * filterBlocks }

  /// Whether each panel is met by one task only. Then the task packs it, some rows at a time, and the right-hand matrix
  /// is never in memory twice.
  var packsPanels: Bool { tiles == 1 }

  /// The rows of a panel that are multiplied at once: 128 KiB of 32 floats each.
  private static let partReduction = 1024
  /// The elements that the rows of a tile lead to in one part: a quarter of a second-level cache.
  private static let tileElements = 1 << 16
  private static let mostTilePixels = 384
  /// So few pixels may be one tile, however long their rows are: the parts of the sums are shorter then. None of the filters
  /// is packed or read twice, and they are most of what is read.
  static let fewPixels = 256
  /// A task of fewer multiplications is not worth handing to another thread.
  private static let minimumTaskOperations = 1 << 20

  /// - Parameters:
  ///   - lowering: Whose column matrix is multiplied.
  ///   - filters: The columns of the right-hand matrix.
  ///   - groups: How many such products run side by side.
  ///   - blockRows: The rows of a register block.
  ///   - panelWidth: The columns of a panel.
  init(_ lowering: Lowering, filters: Int, groups: Int, blockRows: Int, panelWidth: Int) {
    pixels = lowering.pixels
    self.filters = filters
    let operations = Double(pixels) * Double(max(1, lowering.columns)) * Double(filters) * Double(groups)
    let mostTasks = max(1, operations / Double(Self.minimumTaskOperations))
    let mostPixels = min(
      Self.mostTilePixels, max(48, Self.tileElements / min(lowering.segmentLength, Self.partReduction)))
    let panels = ceilingDivision(filters, panelWidth)
    var best = (cost: Double.infinity, tile: pixels, block: filters)
    let hasFewPixels = pixels <= Self.fewPixels
    for size in [24, 48, 72, 96, 144, 192, 288, 384] {
      let rows = size > mostPixels && hasFewPixels ? pixels : size
      if rows > mostPixels, !hasFewPixels { break }
      let tiles = ceilingDivision(pixels, rows)
      let tile = min(pixels, ceilingDivision(ceilingDivision(pixels, tiles), blockRows) * blockRows)
      for cut in [1, 2, 4, 8, 16] where cut <= panels {
        let block = ceilingDivision(panels, cut) * panelWidth
        let tasks = ceilingDivision(pixels, tile) * ceilingDivision(filters, block) * groups
        if cut > 1, Double(tasks) > mostTasks { continue }
        let cost =
          Self.overhead(tile: tile, block: min(block, filters)) * Self.imbalance(tasks: tasks)
        if cost < best.cost { best = (cost, tile, min(block, filters)) }
      }
      if tiles == 1 { break }
    }
    (tilePixels, blockFilters) = (best.tile, best.block)
    let isOneTile = tilePixels == pixels && hasFewPixels
    parts = ReductionParts(
      segments: lowering.segments, segmentLength: lowering.segmentLength,
      atOnce: isOneTile ? min(Self.partReduction, Self.tileElements / pixels) : Self.partReduction)
  }

  /// All filters at once, in tiles of a given size.
  init(_ lowering: Lowering, filters: Int, tilePixels: Int) {
    pixels = lowering.pixels
    self.filters = filters
    self.tilePixels = min(tilePixels, pixels)
    blockFilters = filters
    parts = ReductionParts(
      segments: lowering.segments, segmentLength: lowering.segmentLength, atOnce: Self.partReduction)
  }

  /// The time of a task's product, relative to that of endless matrices: each tile reads every panel anew, each block
  /// finds its rows anew.
  private static func overhead(tile: Int, block: Int) -> Double {
    1 + 6 / Double(tile) + 2 / Double(block)
  }

  /// How much longer the tasks take than evenly shared ones, averaged over 1, 2, 4 and 8 threads: the plan may not know
  /// how many there are.
  private static func imbalance(tasks: Int) -> Double {
    var rounds = 0
    for threads in [1, 2, 4, 8] { rounds += ceilingDivision(tasks, threads) * threads }
    return Double(rounds) / Double(4 * tasks)
  }

  /// The pixels and the filters of a task.
  func ranges(ofTask task: Int) -> (pixels: Range<Int>, filters: Range<Int>) {
    let (tile, block) = task.quotientAndRemainder(dividingBy: filterBlocks)
    return (
      tile * tilePixels..<min((tile + 1) * tilePixels, pixels),
      block * blockFilters..<min((block + 1) * blockFilters, filters)
    )
  }
}

/// Some of the products that an output sums: several whole segments of a row of the column matrix, or some elements
/// of one.
struct ReductionPart {
  let segments: Range<Int>
  /// The elements of each segment.
  let elements: Range<Int>

  /// The rows of the right-hand matrix, where a segment has `segmentLength` of them.
  @inline(__always)
  func rows(segmentLength: Int) -> Range<Int> {
    let first = segments.lowerBound * segmentLength + elements.lowerBound
    return first..<first + segments.count * elements.count
  }
}

/// All parts of a sum, about equal, in order.
struct ReductionParts: RandomAccessCollection {
  private let segments, segmentLength: Int
  /// Whole segments of a part, or the elements of a segment in one.
  private let partSegments, partElements: Int
  let count: Int

  /// - Parameters:
  ///   - segments: Those of a row of the column matrix.
  ///   - segmentLength: The elements of each.
  ///   - limit: The most products of a part.
  init(segments: Int, segmentLength: Int, atOnce limit: Int) {
    self.segments = segments
    self.segmentLength = segmentLength
    if segmentLength > limit {
      partSegments = 1
      partElements = ceilingDivision(segmentLength, ceilingDivision(segmentLength, limit))
      // Without taps there is nothing to sum, but the outputs are written.
      count = Swift.max(1, segments * ceilingDivision(segmentLength, partElements))
    } else {
      partElements = segmentLength
      partSegments = ceilingDivision(
        Swift.max(1, segments),
        ceilingDivision(Swift.max(1, segments), Swift.max(1, limit / Swift.max(1, segmentLength))))
      count = Swift.max(1, ceilingDivision(segments, partSegments))
    }
  }

  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(index: Int) -> ReductionPart {
    if segments == 0 { return ReductionPart(segments: 0..<0, elements: 0..<segmentLength) }
    if partElements == segmentLength {
      let first = index * partSegments
      return ReductionPart(segments: first..<Swift.min(first + partSegments, segments), elements: 0..<segmentLength)
    }
    let (segment, place) = index.quotientAndRemainder(dividingBy: ceilingDivision(segmentLength, partElements))
    let first = place * partElements
    return ReductionPart(
      segments: segment..<segment + 1, elements: first..<Swift.min(first + partElements, segmentLength))
  }
}
