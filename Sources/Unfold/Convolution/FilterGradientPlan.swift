/// How a filter gradient `[L x M] * [M x K] -> [L x K]` is cut into tasks: blocks of its rows (taps and channels)
/// times segments of the pixels that are summed over.
///
/// ```
///              M pixels                       K
///           +-----+-----+              +-----------+
///   block 0 |  0  |  1  |    seg. 0    |           |      task 0 + task 1 -> rows of block 0
///           +-----+-----+  *   ------  |  output   |      task 2 + task 3 -> rows of block 1
///   block 1 |  2  |  3  |    seg. 1    |  gradient |
///           +-----+-----+              +-----------+
/// ```
///
/// Blocks of rows need no summation and come first; only where they are too few are the pixels cut as well, and then
/// each segment has a partial sum of its own, added up in the order of the segments. So one image keeps every core
/// busy, and the result does not depend on their number.
struct FilterGradientPlan {
  let rows: Int
  let filters: Int
  let pixels: Int
  /// Rows of the gradient that one task makes.
  let blockRows: Int
  /// Pixels that one task sums over.
  let segmentPixels: Int
  /// Pixels that are lowered at once.
  let tilePixels: Int
  /// Whether a column matrix is made at all.
  let isLowered: Bool

  var blocks: Int { (rows + blockRows - 1) / blockRows }
  var segments: Int { (pixels + segmentPixels - 1) / segmentPixels }
  var tasks: Int { blocks * segments }

  /// The column matrix of one worker, and the partial sums of all segments but the first, never exceed these.
  static let columnBytes = 1 << 20
  static let partialBytes = 8 << 20

  private static let preferredRows = 384
  private static let preferredTilePixels = 512
  private static let wantedTasks = 16
  private static let minimumTaskOperations = 1 << 20

  /// - Parameter alignment: The length of a run of the column matrix; blocks end between two runs where that costs
  ///   nothing.
  init(rows: Int, filters: Int, pixels: Int, alignment: Int, groups: Int, isLowered: Bool, elementBytes: Int) {
    self.rows = rows
    self.filters = filters
    self.pixels = pixels
    self.isLowered = isLowered
    let wantedBlocks = max(1, (rows + Self.preferredRows / 2) / Self.preferredRows)
    var block = (rows + wantedBlocks - 1) / wantedBlocks
    let unit = block >= 2 * alignment ? alignment : 16
    block = min(rows, (block + unit - 1) / unit * unit)
    blockRows = block
    let blocks = (rows + block - 1) / block

    let operations = Double(rows) * Double(filters) * Double(pixels) * Double(groups)
    let affordable = Int(max(1, min(Double(Self.wantedTasks), operations / Double(Self.minimumTaskOperations))))
    let memory = max(1, 1 + Self.partialBytes / (elementBytes * rows * filters * groups))
    let segments = max(1, min(affordable / (blocks * groups), memory, (pixels + 63) / 64))
    segmentPixels = (pixels + segments - 1) / segments
    tilePixels = min(segmentPixels, Self.preferredTilePixels, max(16, Self.columnBytes / (elementBytes * block)))
  }

  /// The elements of scratch memory that one worker needs for its block of the column matrix.
  var columnElements: Int { isLowered ? tilePixels * blockRows : 0 }

  func rowRange(ofTask task: Int) -> Range<Int> {
    let first = task / segments * blockRows
    return first..<min(first + blockRows, rows)
  }

  func pixelRange(ofTask task: Int) -> Range<Int> {
    let first = task % segments * segmentPixels
    return first..<min(first + segmentPixels, pixels)
  }
}
