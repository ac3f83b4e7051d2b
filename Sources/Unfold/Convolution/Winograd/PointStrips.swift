/// The layout of transformed tiles: for each point of the Winograd domain the channels of the tiles, in strips that are
/// as wide as a matrix product takes them. Whole rows would lie far apart, in few sets of the first-level cache.
///
/// ```
///            strip 0   strip 1
///          +---------+---------+
///   tiles  | ------> | ------> |         Channels that are no multiple of a strip are one wide strip.
///          | ------> | ------> |
///          +---------+---------+
/// ```
struct PointStrips {
  let width, tiles: Int
  /// The distance of two points.
  let pointStride: Int

  /// - Parameter padded: The channels, including the padding that is read and not used.
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

  /// Transforms the channels of tiles and writes them strip by strip.
  ///
  /// - Parameters:
  ///   - map: From pixels to the Winograd domain.
  ///   - pixels: Their addresses, tile by tile.
  ///   - tiles: The tiles' places in the strips.
  ///   - channels: The channels that they have.
  ///   - transformed: All strips of the first point of the Winograd domain.
  ///   - streams: Whether to use non-temporal stores, see `_Kernels.toPoints`.
  @inline(__always)
  func write<Scalar: TensorScalar>(
    _ map: WinogradMap, _ pixels: UnsafePointer<UnsafePointer<Scalar>>, tiles: Range<Int>, channels: Int,
    into transformed: UnsafeMutablePointer<Scalar>, streams: Bool
  ) {
    for strip in stride(from: 0, to: channels, by: width) {
      Scalar._kernels.toPoints(
        map, pixels, offset: strip, transformed: transformed + offset(ofTile: tiles.lowerBound, strip),
        stride: pointStride,
        tileStride: width, tiles: tiles.count, channels: min(width, channels), streams: streams)
    }
  }
}
