/// How the filter gradient of a Winograd convolution is cut into tasks: a function of the shapes alone.
struct WinogradFilterGradientPlan {
  /// What a task takes through all steps. Data that one core writes and another reads cost time, above all where the
  /// cores share no cache.
  enum Partition {
    /// A slice of the tiles, with all channels; each has sums of its own, added up at the end. For many tiles and few
    /// channels.
    case tiles
    /// A block of channels, with all tiles, which are transformed before. For few tiles and many channels: then the
    /// transformed tiles are small and the sums large.
    case channels
  }

  let partition: Partition
  let scheme: WinogradScheme
  let tiles: Int
  /// C, rows of M, and K.
  let channels, filters: Int
  /// The tiles of a slice; all of them where a task takes channels.
  let sliceTiles: Int
  /// The most tiles that are kept transformed at a time.
  let chunkTiles: Int
  /// The channels of a task that ends in taps.
  let blockChannels: Int
  /// The layout of a transformed chunk.
  let sourceStrips, gradientStrips: PointStrips

  /// The number of tasks, the same for any number of threads and enough for each to have some. There are fewer where
  /// channels are few, and fewer slices where their sums would take more than a twelfth of the transforms' time.
  private static var wantedTasks: Int { 8 }
  private static var fewestSlices: Int { 4 }
  private static var valuesPerSum: Int { 12 }
  /// All slices' sums.
  private static var sumBytes: Int { 20 << 20 }
  /// The bytes of a transformed chunk: for one task about the second-level cache, or a multiple of the sums, which each
  /// chunk reads and writes; for all tasks within the third-level cache.
  private static var ownBytes: Int { 1 << 20 }
  private static var mostOwnBytes: Int { 6 << 20 }
  private static var sharedBytes: Int { 10 << 20 }
  private static var mostTiles: Int { 512 }
  /// The sums of a block of channels: about the second-level cache.
  private static var blockBytes: Int { 1 << 20 }

  init<Scalar: TensorScalar>(_ grid: WinogradGrid, channels: Int, filters: Int, _ scalar: Scalar.Type) {
    (scheme, tiles, self.channels, self.filters) = (grid.scheme, grid.tiles, channels, filters)
    let bytes = MemoryLayout<Scalar>.stride
    let sum = scheme.points * channels * filters
    let affordable = tiles * (channels + filters) / (Self.valuesPerSum * channels * filters)
    let slices = min(Self.wantedTasks, max(Self.fewestSlices, affordable))
    // Written so that no product overflows, for any number of channels.
    let isByTiles = 2 * affordable >= Self.fewestSlices && sum <= Self.sumBytes / (slices * bytes)
    partition = isByTiles ? .tiles : .channels
    sliceTiles = isByTiles ? ceilingDivision(tiles, slices) : tiles
    let tileBytes = scheme.points * (channels + filters) * bytes
    let own = min(max(Self.ownBytes, Self.valuesPerSum * min(sum, Self.sumBytes) * bytes), Self.mostOwnBytes)
    let fitting = (isByTiles ? own : Self.sharedBytes) / tileBytes
    let most = min(Self.mostTiles, max(WinogradFilterGradient<Scalar>.transformTiles, fitting))
    chunkTiles = ceilingDivision(sliceTiles, ceilingDivision(sliceTiles, most))

    // Pairs of blocks of the micro-kernel (with AVX-512 whole cache lines), where that leaves enough tasks.
    let pair = 2 * Scalar._kernels.mr
    let unit = channels < 4 * pair ? Scalar._kernels.mr : pair
    let evenly = max(channels / Self.wantedTasks, min(2 * unit, channels / 4))
    let block = min(Self.blockBytes / (scheme.points * filters * bytes), evenly)
    blockChannels = min(channels, max(1, block / unit) * unit)
    sourceStrips = PointStrips(channels, of: pair, tiles: chunkTiles, padded: channels)
    gradientStrips = PointStrips(
      filters, of: Scalar._kernels.nr, tiles: chunkTiles,
      padded: PanelLayout(rows: 1, columns: filters, of: Scalar.self).paddedColumns)
  }

  var slices: Int { ceilingDivision(tiles, sliceTiles) }

  /// Whether the sums are kept for the next chunk.
  var keepsSums: Bool { partition == .tiles || chunkTiles < tiles }

  /// The distance of two points of M, and the elements of all: those of a slice, or of a block of channels.
  var sumStride: Int { WinogradPlan.apart((partition == .tiles ? channels : blockChannels) * filters) }
  var sumElements: Int { scheme.points * sumStride }
  /// How many such sums there are at a time, besides those of the workers.
  var sums: Int { partition == .tiles ? slices : keepsSums ? ceilingDivision(channels, blockChannels) : 0 }

  @inline(__always)
  func tiles(ofSlice slice: Int) -> Range<Int> {
    slice * sliceTiles..<min((slice + 1) * sliceTiles, tiles)
  }

  @inline(__always)
  func channels(ofBlock block: Int) -> Range<Int> {
    block * blockChannels..<min((block + 1) * blockChannels, channels)
  }

  /// Some tiles in chunks, in order.
  @inline(__always)
  func chunks(of tiles: Range<Int>) -> some Sequence<Range<Int>> {
    stride(from: tiles.lowerBound, to: tiles.upperBound, by: chunkTiles).lazy.map {
      $0..<min($0 + chunkTiles, tiles.upperBound)
    }
  }
}
