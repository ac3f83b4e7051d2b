/// The side of the square of output pixels that Winograd's convolution computes at once.
///
/// F(m x m, r x r) needs (m + r - 1)² products for m² pixels and r² taps instead of m² r²: for 3x3 taps 2.25 times fewer with
/// m = 2 and 4 times with m = 4, for 5x5 taps 2.8 times fewer with m = 2. Source: Winograd, "Arithmetic Complexity of
/// Computations", 1980; Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016.
public enum WinogradTile: Int, CaseIterable, Hashable, Sendable {
  /// F(2 x 2, 3 x 3), at 4 x 4 points, or F(2 x 2, 5 x 5), at 6 x 6.
  case two = 2
  /// F(4 x 4, 3 x 3), at 6 x 6 points.
  case four = 4
}

/// F(m x m, r x r): a tile of output pixels and a window that go together.
///
/// Four points are 0, 1, -1 and infinity; six are 0, 3/4, -3/4, 3/2, -3/2 and infinity, with an error a fifth of that of 1
/// and 2.
struct WinogradScheme: Hashable {
  /// m.
  let tile: Int
  /// r.
  let window: Int
  let inputMap: _PointsMap
  let filterMap: _PointsMap
  let gradientMap: _PointsMap
  let outputMap: _PixelsMap
  let tapsMap: _PixelsMap

  /// Nil for a window that does not go with the tile.
  init?(_ tile: WinogradTile, window: Int) {
    self.tile = tile.rawValue
    self.window = window
    switch (tile, window) {
    case (.two, 3):
      (inputMap, filterMap, gradientMap, outputMap, tapsMap) = (.input4, .from3To4, .from2To4, .from4To2, .from4To3)
    case (.four, 3):
      (inputMap, filterMap, gradientMap, outputMap, tapsMap) = (.input6, .from3To6, .from4To6, .from6To4, .from6To3)
    case (.two, 5):
      (inputMap, filterMap, gradientMap, outputMap, tapsMap) = (.input6, .from5To6, .from2To6, .from6To2, .from6To5)
    default: return nil
    }
  }

  /// n = m + r - 1, the points and source pixels along one axis.
  var side: Int { tile + window - 1 }
  /// n²: the products for each pair of channels.
  var points: Int { side * side }
  /// m².
  var pixels: Int { tile * tile }
  /// r².
  var taps: Int { window * window }
}
