/// The side of the square of output pixels that Winograd's convolution computes at once.
///
/// F(m x m, 3 x 3) needs (m + 2)² products for m² pixels instead of 9 m²: 2.25 times fewer for m = 2, 4 times for m = 4.
/// Source: Winograd, "Arithmetic Complexity of Computations", 1980; Lavin and Gray, "Fast Algorithms for Convolutional
/// Neural Networks", 2016.
public enum WinogradTile: Int, CaseIterable, Hashable, Sendable {
  /// F(2 x 2, 3 x 3), with the points 0, 1, -1 and infinity.
  case two = 2
  /// F(4 x 4, 3 x 3), with the points 0, 3/4, -3/4, 3/2, -3/2 and infinity: an error a fifth of that of 1 and 2.
  case four = 4

  /// n² = (m + 2)²: the products for each pair of channels.
  var points: Int { (rawValue + 2) * (rawValue + 2) }

  var inputMap: _PointsMap { self == .two ? .input2 : .input4 }
  var filterMap: _PointsMap { self == .two ? .filter2 : .filter4 }
  var gradientMap: _PointsMap { self == .two ? .gradient2 : .gradient4 }
  var outputMap: _PixelsMap { self == .two ? .output2 : .output4 }
  var tapsMap: _PixelsMap { self == .two ? .taps2 : .taps4 }
}
