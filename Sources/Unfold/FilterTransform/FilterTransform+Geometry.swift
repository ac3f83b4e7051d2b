import Glibc

/// The transforms of the plane as maps of filters. A filter is an image of R x S taps, rows downwards, columns to the
/// right, zero outside its window; what lies between four taps is interpolated bilinearly. Everything happens about the
/// centre of the window, which is between taps where an extent is even.
extension FilterTransform {
  /// The map that changes nothing.
  public static func identity(of window: Extent) throws(UnfoldError) -> FilterTransform {
    try affine(from: window, to: window, rows: (1, 0), columns: (0, 1))
  }

  /// A turn, counterclockwise as the filter is drawn, in a window of the same extents. What leaves the window is lost.
  ///
  /// Multiples of 90 degrees are exact: for a square window the taps are permuted as ``Symmetry`` does it.
  ///
  /// - Parameters:
  ///   - window: R and S.
  ///   - degrees: Any finite angle.
  public static func rotation(of window: Extent, degrees: Double) throws(UnfoldError) -> FilterTransform {
    try require("degrees", degrees, in: -0x1p52...0x1p52, or: "a finite angle")
    let (sine, cosine) = sineAndCosine(degrees: degrees)
    return try affine(from: window, to: window, rows: (cosine, sine), columns: (-sine, cosine))
  }

  /// Turns by equal angles, the first by none: `count` of them make a full circle.
  ///
  /// - Throws: ``UnfoldError`` for a count below 1, and as ``rotation(of:degrees:)``.
  public static func rotations(of window: Extent, count: Int) throws(UnfoldError) -> [FilterTransform] {
    try require("number of rotations", count, in: 1...360, or: "1 to 360")
    var rotations: [FilterTransform] = []
    for number in 0..<count {
      rotations.append(try rotation(of: window, degrees: 360 * Double(number) / Double(count)))
    }
    return rotations
  }

  /// An enlargement (a factor above 1) or a reduction of what the filter shows, in a window of the same extents.
  ///
  /// - Parameters:
  ///   - window: R and S.
  ///   - height: The factor along the rows' axis, not zero; a negative one mirrors too.
  ///   - width: The factor along the columns' axis; as `height` if nil.
  public static func scaling(
    of window: Extent, height: Double, width: Double? = nil
  ) throws(UnfoldError) -> FilterTransform {
    let width = width ?? height
    for (name, factor) in [("height", height), ("width", width)] where !(abs(factor) >= 0x1p-20 && factor.isFinite) {
      throw .invalidArgument(
        "factor of the \(name)", expected: "a finite number other than 0", found: factor.messageText)
    }
    return try affine(from: window, to: window, rows: (1 / height, 0), columns: (0, 1 / width))
  }

  /// One of the eight ``Symmetry``s, a permutation of the taps. The window is turned where it ``Symmetry/transposes``.
  public static func symmetry(_ symmetry: Symmetry, of window: Extent) throws(UnfoldError) -> FilterTransform {
    let (row, column): (Double, Double) =
      (symmetry.readsRowsBackwards ? -1 : 1, symmetry.readsColumnsBackwards ? -1 : 1)
    if symmetry.transposes {
      return try affine(
        from: window, to: Extent(window.width, window.height), rows: (0, row), columns: (column, 0))
    }
    return try affine(from: window, to: window, rows: (row, 0), columns: (0, column))
  }

  /// Any linear map of the plane about the windows' centres: tap (y, x) of the result, counted from its centre, is
  /// the source at
  ///
  /// ```
  /// (rows.y y + rows.x x,  columns.y y + columns.x x)
  /// ```
  ///
  /// counted from the source's centre, interpolated bilinearly.
  ///
  /// - Throws: ``UnfoldError`` for extents below 1 and numbers that are not finite.
  /// - Complexity: O(taps log taps).
  public static func affine(
    from source: Extent, to target: Extent, rows: (y: Double, x: Double), columns: (y: Double, x: Double)
  ) throws(UnfoldError) -> FilterTransform {
    for number in [rows.y, rows.x, columns.y, columns.x] {
      try require("coefficient of the map", number, in: -0x1p32...0x1p32, or: "a finite number")
    }
    // Refuses invalid windows before the loops over them.
    _ = try FilterTransform(from: source, to: target, entries: [])
    var entries: [Entry] = []
    for p in 0..<target.height {
      for q in 0..<target.width {
        let y = Double(p) - Double(target.height - 1) / 2
        let x = Double(q) - Double(target.width - 1) / 2
        let h = rows.y * y + rows.x * x + Double(source.height - 1) / 2
        let w = columns.y * y + columns.x * x + Double(source.width - 1) / 2
        for (r, rowWeight) in neighbours(of: h, count: source.height) {
          for (s, columnWeight) in neighbours(of: w, count: source.width) {
            entries.append(
              Entry(target: p * target.width + q, source: r * source.width + s, weight: rowWeight * columnWeight))
          }
        }
      }
    }
    return try FilterTransform(from: source, to: target, entries: entries)
  }

  /// The taps on both sides of a position, each with its weight, as far as they lie in the window.
  ///
  /// A position that misses a tap by rounding errors only is taken to be on it: otherwise three turns by 30 degrees
  /// would give tiny weights to taps that should have none.
  private static func neighbours(of position: Double, count: Int) -> [(tap: Int, weight: Double)] {
    guard position > -1, position < Double(count) else { return [] }
    let nearest = position.rounded()
    let settled = abs(position - nearest) < 0x1p-36 ? nearest : position
    let low = settled.rounded(.down)
    let fraction = settled - low
    return [(Int(low), 1 - fraction), (Int(low) + 1, fraction)].filter {
      (0..<count).contains($0.tap) && $0.weight != 0
    }
  }

  /// Exact for multiples of 90 degrees, which the functions of radians are not, because pi / 2 is no `Double`.
  private static func sineAndCosine(degrees: Double) -> (sine: Double, cosine: Double) {
    let quarters = (degrees / 90).rounded()
    let rest = (degrees - 90 * quarters) * .pi / 180
    let (sine, cosine) = (sin(rest), cos(rest))
    return switch Int(quarters.remainder(dividingBy: 4)) {
    case 0: (sine, cosine)
    case 1: (cosine, -sine)
    case -1: (-cosine, sine)
    default: (-sine, -cosine)
    }
  }
}
