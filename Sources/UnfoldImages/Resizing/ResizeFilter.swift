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

/// The weights with which the pixels of one axis make those of another, in fixed point.
///
/// Output pixel i is `sum_j weights[i, j] * input[first[i] + j]`. The weights are rounded to 22 bits behind the point:
/// with 8 bits of a pixel and a sum of weights up to 4, that fits into 32 bits. Pillow has the same numbers.
struct ResizeWeights {
  static let bits = 22

  /// The first input pixel of each output pixel.
  let first: [Int]
  /// The number of input pixels of each output pixel.
  let counts: [Int]
  /// The weights of each output pixel, at `i * stride`.
  let weights: [Int32]
  /// The most weights of an output pixel.
  let stride: Int

  init(from input: Int, to output: Int, filter: ResizeFilter) {
    let scale = Double(input) / Double(output)
    let filterScale = max(scale, 1)
    let support = filter.support * filterScale
    let stride = Int(support.rounded(.up)) * 2 + 1
    var first: [Int] = []
    var counts: [Int] = []
    var weights = [Int32](repeating: 0, count: output * stride)
    for place in 0..<output {
      let centre = (Double(place) + 0.5) * scale
      let from = max(0, Int(centre - support + 0.5))
      let to = min(input, Int(centre + support + 0.5))
      let values = (from..<to).map { filter.weight((Double($0) - centre + 0.5) * (1 / filterScale)) }
      let sum = values.reduce(0, +)
      for (tap, value) in values.enumerated() {
        let share = (sum != 0 ? value / sum : value) * Double(1 << Self.bits)
        weights[place * stride + tap] = Int32(share + (share < 0 ? -0.5 : 0.5))
      }
      first.append(from)
      counts.append(to - from)
    }
    self.first = first
    self.counts = counts
    self.weights = weights
    self.stride = stride
  }
}
