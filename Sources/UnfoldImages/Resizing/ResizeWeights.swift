import CImages

/// The weights with which the pixels of one axis make those of another, in fixed point.
///
/// Output pixel i is `sum_j weights[i, j] * input[first[i] + j]`. The weights are rounded to 22 bits behind the point:
/// with 8 bits of a pixel and a sum of weights up to 4, that fits into 32 bits. Pillow has the same numbers.
struct ResizeWeights {
  static let bits = Int(UNFOLD_RESIZE_BITS)

  /// The first input pixel of each output pixel.
  let first: [Int32]
  /// The number of input pixels of each output pixel.
  let counts: [Int32]
  /// The weights of each output pixel, at `i * stride`.
  let weights: [Int32]
  /// The most weights of an output pixel.
  let stride: Int

  init(from input: Int, to output: Int, filter: ResizeFilter) {
    let scale = Double(input) / Double(output)
    let filterScale = max(scale, 1)
    let support = filter.support * filterScale
    let stride = Int(support.rounded(.up)) * 2 + 1
    var first: [Int32] = []
    var counts: [Int32] = []
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
      first.append(Int32(from))
      counts.append(Int32(to - from))
    }
    self.first = first
    self.counts = counts
    self.weights = weights
    self.stride = stride
  }

  /// Calls `body` with the weights as the kernels read them.
  func withAxis<Result>(_ body: (UnsafePointer<unfold_resize_axis>) -> Result) -> Result {
    first.withUnsafeBufferPointer { first in
      counts.withUnsafeBufferPointer { counts in
        weights.withUnsafeBufferPointer { weights in
          var axis = unfold_resize_axis(
            first: first.baseAddress, counts: counts.baseAddress, weights: weights.baseAddress, stride: Int32(stride),
            outputs: Int32(first.count))
          return body(&axis)
        }
      }
    }
  }
}
