/// How the rows of a column matrix `[M x L]`, its columns and the right-hand matrix `[L x K]` are cut, so that each GEMM has
/// work enough and its block of the column matrix fits into the scratch memory of a thread.
///
/// ```
///                 L                        K
///            at once                 block 0   block 1
///          +-------+-------+        +---------+---------+
///   tile 0 |   1   |   2   |        |    1    |         |       Task (tile, block): GEMM 1, then GEMM 2
///          +-------+-------+   *    +---------+---------+       is added to the same rows of the output.
///   tile 1 |       |       |        |    2    |         |
///          +-------+-------+        +---------+---------+
/// ```
///
/// The cut is a function of the shapes alone: results do not depend on the number of threads.
struct BLASTiles {
  /// M, and the rows of a tile.
  let pixels, tilePixels: Int
  /// L, and the columns that are lowered at once.
  let columns, columnsAtOnce: Int
  /// K, and the columns of a block.
  let filters, blockFilters: Int

  /// GEMM packs the right-hand matrix anew for every tile, so that small tiles cost most; large ones leave threads idle.
  private static let mostTilePixels = 384
  private static let fewestTilePixels = 96
  /// The elements of the column matrix in a thread's scratch memory: 2 MiB in `Float`.
  private static let tileElements = 1 << 19
  /// Every task of a block of filters lowers the same pixels again.
  private static let fewestFilters = 64
  private static let wantedTasks = 4

  /// - Parameters:
  ///   - groups: How many such products run side by side.
  ///   - columnsAtOnce: How many columns are lowered at once; nil for as many as fit.
  init(pixels: Int, columns: Int, filters: Int, groups: Int, columnsAtOnce: Int? = nil) {
    (self.pixels, self.columns, self.filters) = (pixels, columns, filters)
    let most = Self.tileElements / Self.mostTilePixels
    self.columnsAtOnce = columnsAtOnce ?? ceilingDivision(columns, ceilingDivision(columns, most))
    var tiles = ceilingDivision(pixels, min(Self.mostTilePixels, Self.tileElements / self.columnsAtOnce))
    let wanted = ceilingDivision(Self.wantedTasks, groups)
    if tiles < wanted { tiles = max(tiles, min(wanted, pixels / Self.fewestTilePixels)) }
    // An even number, where it is small: two threads share it without a rest.
    if tiles > 1, tiles < 16 { tiles += tiles % 2 }
    tilePixels = ceilingDivision(pixels, tiles)
    let blocks = min(ceilingDivision(wanted, tiles), max(1, filters / Self.fewestFilters))
    blockFilters = ceilingDivision(filters, blocks)
  }

  /// The elements of the column matrix that a task lowers at once.
  var elements: Int { tilePixels * columnsAtOnce }

  private var blocks: Int { ceilingDivision(filters, blockFilters) }
  var tasks: Int { ceilingDivision(pixels, tilePixels) * blocks }

  /// The rows of the column matrix and the columns of the right-hand matrix of a task.
  func ranges(ofTask task: Int) -> (pixels: Range<Int>, filters: Range<Int>) {
    let (tile, block) = task.quotientAndRemainder(dividingBy: blocks)
    return (
      tile * tilePixels..<min((tile + 1) * tilePixels, pixels),
      block * blockFilters..<min((block + 1) * blockFilters, filters)
    )
  }

  /// Calls `body` for the columns that are lowered at once, from the first to the last.
  @inline(__always)
  func forEachColumns(_ body: (Range<Int>) -> Void) {
    for first in stride(from: 0, to: columns, by: columnsAtOnce) {
      body(first..<min(first + columnsAtOnce, columns))
    }
  }
}
