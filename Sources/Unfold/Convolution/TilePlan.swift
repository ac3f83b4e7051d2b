/// How a product `[M x L] * [L x K] -> [M x K]` is cut into tasks: tiles of M pixels, blocks of K filters, and, where
/// these are few, segments of the L products that each output sums.
///
/// ```
///                 L                       K
///            seg. 0  seg. 1        +----------+         Each task lowers its part of the column matrix, some columns
///          +-------+-------+       | block    |         at a time, and multiplies it with its part of the filter.
///   tile 0 | task 0| task 1|   *   | 0, seg 0 |         Segments but the first have partial sums of their own, added
///          +-------+-------+       +----------+         in order afterwards. The cut is a function of the shapes alone:
///   tile 1 | task 2| task 3|       | 0, seg 1 |         results do not depend on the number of threads.
///          +-------+-------+       +----------+
/// ```
struct TilePlan {
  let pixels: Int
  let reduction: Int
  let filters: Int
  /// Rows of a tile.
  let tilePixels: Int
  /// Columns of a block of filters.
  let blockFilters: Int
  /// Products of a segment.
  let segmentReduction: Int
  /// Columns of the column matrix that are lowered at once; 0 where the source itself is the matrix.
  let blockReduction: Int

  var tiles: Int { ceilingDivision(pixels, tilePixels) }
  var filterBlocks: Int { ceilingDivision(filters, blockFilters) }
  var segments: Int { ceilingDivision(reduction, segmentReduction) }
  var tasks: Int { tiles * filterBlocks * segments }

  /// The size that the column matrix of one worker aims at, and exceeds by half at most: it is read back at once and
  /// should still be in the second-level cache.
  static let columnBytes = 5 << 18
  /// The partial sums of all segments but the first never exceed this.
  static let partialBytes = 8 << 20

  /// A task of fewer multiplications is not worth handing to another thread.
  private static let minimumTaskOperations = 1 << 20

  /// - Parameters:
  ///   - groups: How many such products run side by side.
  ///   - isLowered: Whether a column matrix is made at all.
  ///   - allowsSegments: Whether the caller adds partial sums.
  init(
    pixels: Int, reduction: Int, filters: Int, groups: Int, isLowered: Bool, allowsSegments: Bool, elementBytes: Int
  ) {
    self.pixels = pixels
    self.reduction = reduction
    self.filters = filters
    let operations = Double(pixels) * Double(reduction) * Double(filters) * Double(groups)
    let mostTasks = max(1, operations / Double(Self.minimumTaskOperations))
    let mostSegments =
      allowsSegments ? 1 + Self.partialBytes / elementBytes / max(1, pixels * filters * groups) : 1

    var best = (cost: Double.infinity, tile: pixels, block: filters, segment: reduction)
    for rows in [32, 48, 64, 96, 128, 192, 256, 384] {
      let tiles = ceilingDivision(pixels, rows)
      let tile = min(pixels, (ceilingDivision(pixels, tiles) + 7) & ~7)
      for cut in [1, 2, 4, 8] where cut == 1 || filters >= 16 * cut {
        let block = min(filters, (ceilingDivision(filters, cut) + 15) & ~15)
        for parts in [1, 2, 4, 8] where parts == 1 || (parts <= mostSegments && reduction >= 256 * parts) {
          let segment = min(reduction, (ceilingDivision(reduction, parts) + 15) & ~15)
          let tasks =
            ceilingDivision(pixels, tile) * ceilingDivision(filters, block) * ceilingDivision(reduction, segment)
            * groups
          if parts * cut > 1, Double(tasks) > mostTasks { continue }
          let cost =
            Self.overhead(tile: tile, block: block, segments: parts, reduction: reduction)
            * Self.imbalance(tasks: tasks)
          if cost < best.cost { best = (cost, tile, block, segment) }
        }
      }
      if tiles == 1 { break }
    }
    (tilePixels, blockFilters, segmentReduction) = (best.tile, best.block, best.segment)
    guard isLowered else {
      blockReduction = 0
      return
    }
    // About a whole multiple of the panel that BLAS packs at once, in equal blocks: a last one of a few columns would
    // read and write the whole tile of the output for little.
    let fitting = max(16, Self.columnBytes / elementBytes / tilePixels)
    let panel = fitting >= 384 ? fitting / 384 * 384 : fitting & ~15
    let blocks = max(1, (segmentReduction + panel / 2) / panel)
    blockReduction = min(segmentReduction, (ceilingDivision(segmentReduction, blocks) + 15) & ~15)
  }

  /// The time of a task's product, relative to the product of whole matrices: BLAS packs the filter once for each tile
  /// and the tile once for each block, and each segment writes and reads every output once more. The factors are a fit
  /// to 3x3 layers of 64 to 512 channels on AVX-512.
  private static func overhead(tile: Int, block: Int, segments: Int, reduction: Int) -> Double {
    1 + 30 / Double(tile) + 9 / Double(block) + 35 * Double(segments - 1) / Double(reduction)
  }

  /// How much longer the tasks take than evenly shared ones, averaged over 1, 2, 4 and 8 threads: the plan may not know
  /// how many there are.
  private static func imbalance(tasks: Int) -> Double {
    [1, 2, 4, 8].reduce(0) { $0 + Double(ceilingDivision(tasks, $1) * $1) } / Double(4 * tasks)
  }

  /// The elements of scratch memory that one worker needs for its block of the column matrix.
  var columnElements: Int { tilePixels * blockReduction }

  /// One task's part of the product.
  struct Part {
    let pixels: Range<Int>
    let filters: Range<Int>
    let segment: Int
    let reduction: Range<Int>
  }

  func part(ofTask task: Int) -> Part {
    let (segment, rest) = (task % segments, task / segments)
    let (block, tile) = (rest % filterBlocks, rest / filterBlocks)
    return Part(
      pixels: tile * tilePixels..<min((tile + 1) * tilePixels, pixels),
      filters: block * blockFilters..<min((block + 1) * blockFilters, filters), segment: segment,
      reduction: segment * segmentReduction..<min((segment + 1) * segmentReduction, reduction))
  }
}
