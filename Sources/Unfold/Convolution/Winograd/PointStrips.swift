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

  /// Writes the channels of tiles at each point, strip by strip.
  ///
  /// - Parameters:
  ///   - map: From pixels to points.
  ///   - pixels: Their addresses, tile by tile.
  ///   - tiles: The tiles' places in the strips.
  ///   - channels: The channels that they have.
  ///   - points: All strips of the first point.
  ///   - streams: Whether the points are written past the cache, see ``TensorScalar/_toPoints``.
  @inline(__always)
  func write<Scalar: TensorScalar>(
    _ map: _WinogradMap, _ pixels: UnsafePointer<UnsafePointer<Scalar>>, tiles: Range<Int>, channels: Int,
    into points: UnsafeMutablePointer<Scalar>, streams: Bool
  ) {
    for strip in stride(from: 0, to: channels, by: width) {
      Scalar._toPoints(
        map, pixels, offset: strip, points: points + offset(ofTile: tiles.lowerBound, strip), stride: pointStride,
        tileStride: width, tiles: tiles.count, channels: min(width, channels), streams: streams)
    }
  }
}
