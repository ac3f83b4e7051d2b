/// The divisor of a window's sum.
enum MeanDivisor {
  /// The window's taps that lie on the input.
  case insideTaps
  /// The window's taps that lie on the input or the padding.
  case paddedTaps
  /// One number for every window.
  case fixed(Int)

  /// The divisor that a caller's arguments select: a given divisor takes precedence over the count of taps.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for a divisor below 1.
  init(countIncludesPadding: Bool, divisor: Int?) throws(UnfoldError) {
    if let divisor {
      try require("divisor of mean pooling", divisor, in: 1..., or: "1 or more")
      self = .fixed(divisor)
    } else {
      self = countIncludesPadding ? .paddedTaps : .insideTaps
    }
  }
}

extension PoolingGeometry {
  /// The divisor of window `p`, `q`.
  @inline(__always)
  func divisor(_ p: Int, _ q: Int, _ rule: MeanDivisor) -> Int {
    switch rule {
    case .fixed(let divisor): return divisor
    case .paddedTaps: return vertical.paddedTaps(at: p) &* horizontal.paddedTaps(at: q)
    case .insideTaps:
      let (rows, columns) = (vertical.insideTaps(at: p), horizontal.insideTaps(at: q))
      return (rows.end &- rows.first) &* (columns.end &- columns.first)
    }
  }
}
