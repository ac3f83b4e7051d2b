/// How a filter gradient `[L x M] * [M x K] -> [L x K]` is cut into tasks: blocks of its rows (taps and channels)
/// times slices of the pixels that are summed over.
///
/// ```
///              M pixels                       K
///           +-----+-----+              +-----------+
///   block 0 |  0  |  1  |    slice 0   |           |      task 0 + task 1 -> rows of block 0
///           +-----+-----+  *   ------  |  output   |      task 2 + task 3 -> rows of block 1
///   block 1 |  2  |  3  |    slice 1   |  gradient |
///           +-----+-----+              +-----------+
/// ```
///
/// Blocks of rows need no summation and come first; only where they are too few are the pixels cut as well, and then
/// each slice has a partial sum of its own, added up in the order of the slices. So one image keeps every core
/// busy, and the result does not depend on their number.
struct FilterGradientPlan {
  let rows, filters, pixels: Int
  /// The blocks of rows; each task makes one of them.
  let blocks: Int
  /// Pixels that one task sums over.
  let slicePixels: Int
  /// Pixels that are multiplied at once: their rows of a panel stay in the first-level cache.
  let tilePixels: Int

  var slices: Int { (pixels + slicePixels - 1) / slicePixels }
  var tasks: Int { blocks * slices }
  var tilesOfSlice: Int { ceilingDivision(slicePixels, tilePixels) }

  /// Whether a slice has so many tiles that their sums are added up block by block: the error then grows with the root
  /// of their number at most.
  var sumsBlocksOfTiles: Bool { tilesOfSlice > 4 * Self.blockTiles }
  static let blockTiles = 64

  /// The partial sums of all slices but the first never exceed this.
  static let partialBytes = 8 << 20

  /// The rows of two register blocks, which are packed at once.
  private let pair: Int

  /// The elements of a block of the gradient: it stays in the second-level cache from tile to tile.
  private static let blockElements = 1 << 17
  private static let mostTilePixels = 192
  private static let wantedTasks = 16
  /// A task of fewer multiplications is not worth handing to another thread.
  private static let minimumTaskOperations = 1 << 20
  /// A block of fewer rows is not worth copying the output gradient to panels for.
  private static let fewestRows = 64
  /// A slice of fewer pixels is not worth a partial sum; and where there would be only one or two tasks without.
  private static let fewestPixels = (usually: 1024, ever: 256)

  /// The blocks without which one would not stay in the cache.
  static func fewestBlocks(rows: Int, filters: Int) -> Int {
    ceilingDivision(rows, max(fewestRows, blockElements / filters))
  }

  /// - Parameter unit: The rows of a register block.
  init(rows: Int, filters: Int, pixels: Int, groups: Int, blockRows unit: Int, elementBytes: Int) {
    self.rows = rows
    self.filters = filters
    self.pixels = pixels
    let operations = Double(rows) * Double(filters) * Double(pixels) * Double(groups)
    let affordable = max(1, Int(operations / Double(Self.minimumTaskOperations)))
    let tasks = ceilingDivision(min(affordable, Self.wantedTasks), groups)
    // Cut the pixels first: every block of rows copies the output gradient to panels anew.
    let fewestBlocks = Self.fewestBlocks(rows: rows, filters: filters)
    let memory = max(1, 1 + Self.partialBytes / (elementBytes * rows * filters * groups))
    let isWide = max(fewestBlocks, rows / Self.fewestRows) * groups > 2
    let fewestPixels = isWide ? Self.fewestPixels.usually : Self.fewestPixels.ever
    let slices = max(1, min(tasks / fewestBlocks, memory, pixels / fewestPixels))
    var wantedBlocks = max(fewestBlocks, min(tasks / (2 * slices), rows / Self.fewestRows))
    // An even number, where it is small: two threads share it without a rest.
    if wantedBlocks > 1, wantedBlocks < 8, groups % 2 == 1 { wantedBlocks += wantedBlocks % 2 }
    pair = 2 * unit
    blocks = min(wantedBlocks, ceilingDivision(rows, pair))
    slicePixels = ceilingDivision(pixels, slices)
    tilePixels = ceilingDivision(slicePixels, ceilingDivision(slicePixels, Self.mostTilePixels))
  }

  /// The rows of a task: pairs of register blocks, shared out so that each half of the tasks has as many.
  func rowRange(ofTask task: Int) -> Range<Int> {
    let (block, pairs) = (task / slices, ceilingDivision(rows, pair))
    return pairs * block / blocks * pair..<min(pairs * (block + 1) / blocks * pair, rows)
  }

  /// The most rows of a block.
  var blockRows: Int { min(rows, ceilingDivision(ceilingDivision(rows, pair), blocks) * pair) }

  func pixelRange(ofSlice slice: Int) -> Range<Int> {
    slice * slicePixels..<min((slice + 1) * slicePixels, pixels)
  }

  /// Some of a slice's pixels; empty beyond the last tile.
  func tile(_ index: Int, ofSlice slice: Int) -> Range<Int> {
    let range = pixelRange(ofSlice: slice)
    let first = min(range.lowerBound + index * tilePixels, range.upperBound)
    return first..<min(first + tilePixels, range.upperBound)
  }
}
