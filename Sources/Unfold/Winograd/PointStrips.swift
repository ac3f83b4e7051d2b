/// The channels of some tiles at each point, in strips that are as wide as a product takes them: read one after the
/// other, where whole rows would lie far apart, in few sets of the first-level cache.
///
/// ```
///            strip 0   strip 1
///          +---------+---------+
///   tiles  | ------> | ------> |         Channels that are no multiple of a strip are one wide strip.
///          | ------> | ------> |
///          +---------+---------+
/// ```
struct PointStrips {
  let width: Int
  let tiles: Int
  /// The distance of two points.
  let pointStride: Int

  /// - Parameter padded: The channels with those that are read in vain.
  init(_ channels: Int, of width: Int, tiles: Int, padded: Int) {
    self.width = channels % width == 0 ? width : padded
    self.tiles = tiles
    pointStride = WinogradPlan.apart(tiles * padded)
  }

  /// Where a channel of a tile lies.
  @inline(__always)
  func offset(ofTile tile: Int, _ channel: Int) -> Int {
    let (strip, place) = channel.quotientAndRemainder(dividingBy: width)
    return (strip * tiles + tile) * width + place
  }
}
