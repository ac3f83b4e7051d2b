import Unfold

/// Pooling as the lecture's loops: every window visits its taps one by one, and those on the padding are skipped.
public struct ReferencePooling {
  /// The shapes.
  public let geometry: PoolingGeometry

  /// The lecture's "Max pooling" (`maxidx`), `[N, H, W, C]` to `[N, P, Q, C]`. `saved` is `pidx`: for each output
  /// element the place of its maximum in the input, in row-major order.
  public func maximum<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: [Int]) {
    let (y, place) = (input.elements, places)
    var output: [Scalar] = []
    var pidx: [Int] = []
    forEachOutput { window in
      var best: Int?
      for tap in window.taps {
        guard let index = place(window, tap) else { continue }
        guard let known = best else {
          best = index
          continue
        }
        if y[index] > y[known] || (y[index].isNaN && !y[known].isNaN) { best = index }
      }
      let index = best ?? 0
      pidx.append(index)
      output.append(y[index])
    }
    return (try Tensor(output, shape: geometry.outputShape), pidx)
  }

  /// The lecture's "Derivative of max pooling layer": `dy(l-1, j, pidx(l, j, x, y)) += dy(l, j, x, y)`.
  public func maximumInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, saved: [Int]
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var dy = try Tensor<Scalar>(zeros: geometry.inputShape).elements
    for (gradient, index) in zip(outputGradient.elements, saved) { dy[index] += gradient }
    return try Tensor(dy, shape: geometry.inputShape)
  }

  /// The lecture's "Mean pooling", `[N, H, W, C]` to `[N, P, Q, C]`.
  public func mean<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, countIncludesPadding: Bool
  ) throws(UnfoldError) -> Tensor<Scalar> {
    let (y, place) = (input.elements, places)
    var output: [Scalar] = []
    forEachOutput { window in
      var sum: Scalar = 0
      for tap in window.taps {
        if let index = place(window, tap) { sum += y[index] }
      }
      output.append(sum / Scalar(count(window, countIncludesPadding)))
    }
    return try Tensor(output, shape: geometry.outputShape)
  }

  /// The lecture's "Derivative of mean pooling layer": `dy(l-1, k, p, x+i, y+j) += (1/K1pool2) dy(l, k, x, y)`.
  public func meanInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, countIncludesPadding: Bool
  ) throws(UnfoldError) -> Tensor<Scalar> {
    let (gradients, place) = (outputGradient.elements, places)
    var dy = try Tensor<Scalar>(zeros: geometry.inputShape).elements
    var offset = 0
    forEachOutput { window in
      let share = gradients[offset] / Scalar(count(window, countIncludesPadding))
      for tap in window.taps {
        if let index = place(window, tap) { dy[index] += share }
      }
      offset += 1
    }
    return try Tensor(dy, shape: geometry.inputShape)
  }
}

extension PoolingGeometry {
  /// The lecture's loops for this pooling.
  public var reference: ReferencePooling { ReferencePooling(geometry: self) }
}

extension ReferencePooling {
  /// One output element: image, row, column, channel; and the taps of its window in row-major order.
  private struct Window {
    let n: Int
    let p: Int
    let q: Int
    let c: Int
    let taps: [(r: Int, s: Int)]
  }

  private func forEachOutput(_ body: (Window) -> Void) {
    var taps: [(r: Int, s: Int)] = []
    for r in 0..<geometry.vertical.window {
      for s in 0..<geometry.horizontal.window { taps.append((r, s)) }
    }
    for n in 0..<geometry.batch {
      for p in 0..<geometry.vertical.output {
        for q in 0..<geometry.horizontal.output {
          for c in 0..<geometry.channels { body(Window(n: n, p: p, q: q, c: c, taps: taps)) }
        }
      }
    }
  }

  /// The place of a tap in the input, or nil on the padding.
  private var places: (Window, (r: Int, s: Int)) -> Int? {
    let (height, width) = (geometry.vertical.input, geometry.horizontal.input)
    let channels = geometry.channels
    return { window, tap in
      let h = self.geometry.vertical.inputPosition(window.p, tap: tap.r)
      let w = self.geometry.horizontal.inputPosition(window.q, tap: tap.s)
      guard h >= 0, h < height, w >= 0, w < width else { return nil }
      return ((window.n * height + h) * width + w) * channels + window.c
    }
  }

  /// The number of taps on the input, or on the input and its padding.
  private func count(_ window: Window, _ countIncludesPadding: Bool) -> Int {
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    var count = 0
    for (r, s) in window.taps {
      let h = vertical.inputPosition(window.p, tap: r)
      let w = horizontal.inputPosition(window.q, tap: s)
      if countIncludesPadding {
        // A last, partial window may reach beyond the padding.
        if h < vertical.input + vertical.high && w < horizontal.input + horizontal.high { count += 1 }
      } else if h >= 0 && h < vertical.input && w >= 0 && w < horizontal.input {
        count += 1
      }
    }
    return count
  }
}
