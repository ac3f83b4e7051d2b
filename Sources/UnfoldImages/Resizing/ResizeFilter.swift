/// The filter of a resize.
public enum ResizeFilter: String, Hashable, Sendable, CaseIterable {
  /// The pixel whose area holds the centre: for masks, whose values are class numbers.
  case nearest
  /// A triangle over two pixels; when an image becomes smaller, it becomes wider by the same factor (antialiasing).
  case bilinear
  /// Keys's cubic with a = -1/2 over four pixels, antialiased likewise (Keys, "Cubic convolution interpolation for digital image
  /// processing", 1981).
  case bicubic

  /// Half of the filter's width, in pixels of the smaller grid.
  var support: Double { self == .bicubic ? 2 : 1 }

  /// The filter's value at a distance from its centre.
  func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .nearest: return x < 0.5 ? 1 : 0
    case .bilinear: return x < 1 ? 1 - x : 0
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }
  }
}
