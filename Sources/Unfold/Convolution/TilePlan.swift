/// How a product `[M x L] * [L x K] -> [M x K]` is cut into tasks: tiles of M pixels times blocks of K filters.
///
/// ```
///             filters            Each task lowers its tile of the column matrix (M x L)
///          +-----+-----+         block by block of L, and multiplies it with its filters.
///   pixels | 0   | 1   |         The cut is a function of the shapes alone: results do not
///          +-----+-----+         depend on the number of threads.
///          | 2   | 3   |
///          +-----+-----+
/// ```
struct TilePlan {
  let pixels: Int
  let reduction: Int
  let filters: Int
  /// Rows of a tile.
  let tilePixels: Int
  /// Columns of a block of filters.
  let blockFilters: Int
  /// Columns of the column matrix that are lowered at once; 0 where the source itself is the matrix.
  let blockReduction: Int

  var tiles: Int { (pixels + tilePixels - 1) / tilePixels }
  var filterBlocks: Int { (filters + blockFilters - 1) / blockFilters }
  var tasks: Int { tiles * filterBlocks }

  /// The column matrix of one worker never exceeds this.
  static let columnBytes = 4 << 20

  /// Measured on AVX-512: fewer than about 192 rows leave the packing of the filter unpaid, more than 384 leave L2.
  private static let preferredTilePixels = 256
  /// Enough for the workers of a large machine to share, and to even out on a small one.
  private static let wantedTasks = 16
  /// A task of fewer multiplications is not worth handing to another thread.
  private static let minimumTaskOperations = 1 << 20

  /// - Parameter isLowered: Whether a column matrix is made at all.
  init(pixels: Int, reduction: Int, filters: Int, isLowered: Bool, elementBytes: Int) {
    self.pixels = pixels
    self.reduction = reduction
    self.filters = filters
    let operations = Double(pixels) * Double(reduction) * Double(filters)
    let affordable = Int(max(1, min(Double(Self.wantedTasks), operations / Double(Self.minimumTaskOperations))))

    // First cut the pixels; a tile of fewer than 64 rows would spend its time packing the filter, so that small maps
    // are cut along their filters too.
    let wantedTiles = max((pixels + Self.preferredTilePixels - 1) / Self.preferredTilePixels, affordable)
    let tile = max(min((pixels + wantedTiles - 1) / wantedTiles, pixels), min(64, pixels))
    tilePixels = min(pixels, (tile + 7) & ~7)
    let tiles = (pixels + tilePixels - 1) / tilePixels
    let wantedBlocks = max(1, affordable / tiles)
    let block = max((filters + wantedBlocks - 1) / wantedBlocks, min(64, filters))
    blockFilters = min(filters, (block + 15) & ~15)
    guard isLowered else {
      blockReduction = 0
      return
    }
    let fitting = max(16, Self.columnBytes / elementBytes / tilePixels)
    let blocks = (reduction + fitting - 1) / fitting
    blockReduction = min(reduction, ((reduction + blocks - 1) / blocks + 15) & ~15)
  }

  /// The elements of scratch memory that one worker needs for its block of the column matrix.
  var columnElements: Int { tilePixels * blockReduction }

  func pixelRange(ofTask task: Int) -> Range<Int> {
    let first = task / filterBlocks * tilePixels
    return first..<min(first + tilePixels, pixels)
  }

  func filterRange(ofTask task: Int) -> Range<Int> {
    let first = task % filterBlocks * blockFilters
    return first..<min(first + blockFilters, filters)
  }
}
