/// The side m of the tile of output pixels that Winograd's convolution computes at once: a square, or for windows of
/// one row or one column a line.
///
/// F(m x m, r x r) needs (m + r - 1)² products for m² pixels and r² taps instead of m² r². For 3x3 taps that is 2.25
/// times fewer with m = 2 and 4 times with m = 4, for 5x5 taps 2.8 times fewer with m = 2. F(m, r) needs m + r - 1
/// instead of m r: for seven taps 1.75 times fewer with m = 2. Source: Winograd, "Arithmetic Complexity of
/// Computations", 1980; Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016.
public enum WinogradTile: Int, CaseIterable, Hashable, Sendable {
  /// 3x3 windows at 4 x 4 points and 5x5 at 6 x 6; 1x3 and 3x1 at 4, 1x5 and 5x1 at 6, 1x7 and 7x1 at 8.
  case two = 2
  /// 3x3 windows at 6 x 6 points; 1x3 and 3x1 at 6, 1x5 and 5x1 at 8.
  case four = 4

  /// The windows that go with the tile, for error messages.
  var windows: String { self == .two ? "3x3, 5x5, 1x3, 1x5 or 1x7" : "3x3, 1x3 or 1x5" }
}

/// F(m x m, r x r) or F(m, r): a tile of output pixels and a window that go together.
///
/// Four interpolation points are 0, 1, -1 and infinity; six are 0, 3/4, -3/4, 3/2, -3/2 and infinity, with an error a
/// fifth of that of 1 and 2; eight are 0, 1/2, 1, 2, their negatives and infinity.
struct WinogradScheme: Hashable {
  /// m and r of both axes; of a line 1 and 1 on the other.
  let tile, window: Extent
  let inputMap, filterMap, gradientMap, outputMap, tapsMap: WinogradMap

  /// Nil for a window that does not go with the tile.
  init?(_ tile: WinogradTile, window: Extent) {
    let isLine = window.height == 1 || window.width == 1
    let (m, r) = (tile.rawValue, max(window.height, window.width))
    guard isLine || window.height == window.width else { return nil }
    switch (tile, r) {
    case (_, 3), (.two, 5): break
    case (.four, 5), (.two, 7): guard isLine else { return nil }
    default: return nil
    }
    self.tile = Extent(window.height == 1 ? 1 : m, window.width == 1 ? 1 : m)
    self.window = window
    let n = m + r - 1
    inputMap = WinogradMap(inputPoints: n, isLine: isLine)
    filterMap = WinogradMap(from: r, toPoints: n, isLine: isLine)
    gradientMap = WinogradMap(from: m, toPoints: n, isLine: isLine)
    outputMap = WinogradMap(fromPoints: n, to: m, isLine: isLine)
    tapsMap = WinogradMap(fromPoints: n, to: r, isLine: isLine)
  }

  /// n = m + r - 1, the transformed values and source pixels along each axis.
  var side: Extent { Extent(tile.height + window.height - 1, tile.width + window.width - 1) }
  /// n² or n: the products for each pair of channels.
  var points: Int { side.height * side.width }
  /// m² or m.
  var pixels: Int { tile.height * tile.width }
  /// r² or r.
  var taps: Int { window.height * window.width }
}
