/// How the forward pass or the input gradient of a Winograd convolution is cut into tasks: a function of the shapes
/// alone.
struct WinogradPlan {
  /// What a task takes through all steps, so that it stays in the second-level cache.
  enum Partition {
    /// Some tiles, with all filters, which are transformed before.
    case tiles
    /// A panel of filters, with all tiles, which are transformed before. For few tiles and many filters.
    case filters
  }

  let partition: Partition
  let scheme: WinogradScheme
  /// All tiles, and those of one task.
  let tiles, taskTiles: Int
  /// The channels of the source and of the target.
  let channels, filters: Int
  /// The filters whose sums are kept at a time, and the channels that are transformed at a time.
  let blockFilters, blockChannels, tasks: Int
  /// The layout of the transformed source: all tiles, whose blocks of channels are read one after another, or the tiles
  /// of a task.
  let sourceStrips: PointStrips

  /// The bytes of a task's transformed source and sums together: about the second-level cache.
  private static var cacheBytes: Int { 704 << 10 }
  private static var mostTiles: Int { 64 }
  /// The bytes that every task reads again and finds in the third-level cache: all transformed tiles or all transformed
  /// filters. If the filters are larger, fewer tasks read them; each has more tiles, which do not stay in the
  /// second-level cache.
  private static var lastingBytes: Int { 20 << 20 }
  private static var sharingTiles: Int { 104 }
  /// The least number of tasks for the threads to share, where there are enough tiles.
  private static var wantedTasks: Int { 8 }

  init<Scalar: TensorScalar>(_ grid: WinogradGrid, channels: Int, filters: Int, _ scalar: Scalar.Type) {
    scheme = grid.scheme
    tiles = grid.tiles
    self.channels = channels
    self.filters = filters
    let panels = ceilingDivision(filters, Scalar._kernels.nr)
    let channelBytes = scheme.points * channels * MemoryLayout<Scalar>.stride
    partition = panels > 1 && filters >= tiles && channelBytes * tiles <= Self.lastingBytes ? .filters : .tiles
    switch partition {
    case .filters:
      (blockFilters, blockChannels) = (Scalar._kernels.nr, Self.channelsAtOnce(channels))
      taskTiles = tiles
      tasks = panels
    case .tiles:
      (blockFilters, blockChannels) = (min(filters, 128), channels)
      let tileBytes = scheme.points * (channels + blockFilters) * MemoryLayout<Scalar>.stride
      // Whole blocks of the micro-kernel's rows.
      let unit = Scalar._kernels.mr
      let fitting =
        channelBytes * filters > Self.lastingBytes
        ? Self.sharingTiles : min(Self.mostTiles, max(2 * unit, Self.cacheBytes / tileBytes / unit * unit))
      let shared = max(2 * unit, ceilingDivision(ceilingDivision(tiles, Self.wantedTasks), unit) * unit)
      let most = min(fitting, shared)
      // Tasks of about the same size.
      taskTiles = min(tiles, ceilingDivision(ceilingDivision(tiles, ceilingDivision(tiles, most)), unit) * unit)
      tasks = ceilingDivision(tiles, taskTiles)
    }
    sourceStrips = PointStrips(channels, of: blockChannels, tiles: taskTiles, padded: channels)
  }

  /// The channels of a panel of transformed filters that stays in the second-level cache: 295 KB with six points a
  /// side. If possible, a strip of the transformed tiles has as many channels.
  private static func channelsAtOnce(_ channels: Int) -> Int {
    [64, 48, 32].first { channels % $0 == 0 } ?? min(channels, 64)
  }

  @inline(__always) func tiles(ofTask task: Int) -> Range<Int> { task * taskTiles..<min((task + 1) * taskTiles, tiles) }

  /// The distance of two points of the Winograd domain: not a multiple of a page, or all values of a tile would share
  /// few sets of the cache.
  var sourceStride: Int { sourceStrips.pointStride }
  var sumStride: Int { Self.apart(taskTiles * blockFilters) }

  static func apart(_ elements: Int) -> Int { (elements + 15) / 16 * 16 + 16 }
}
