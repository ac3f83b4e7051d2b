import Unfold

/// The lecture's pooling, loop by loop. Slow on purpose, and the judge of the engine.
///
/// The methods have the names and parameters of `PoolingGeometry`'s own, except that `saved` is the lecture's `pidx`:
/// for each element of the output the place of its maximum in the input.
public struct ReferencePooling {
  /// The shapes.
  public let geometry: PoolingGeometry
}

extension PoolingGeometry {
  /// The same pooling by the lecture's loops.
  public var reference: ReferencePooling { ReferencePooling(geometry: self) }
}

extension ReferencePooling {
  /// Slide "Max Pooling layer at layer l": `pidx = maxidx(y)`, `y = y(pidx)`.
  public func maximum<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: [Int]) {
    try expect(input, geometry.inputShape, "pooling input")
    let y = input.elements
    var pidx: [Int] = []
    forEachWindow { window in
      var best = window.elements[0]
      for element in window.elements {
        if y[element] > y[best] || (y[element].isNaN && !y[best].isNaN) { best = element }
      }
      pidx.append(best)
    }
    return (try Tensor(pidx.map { y[$0] }, shape: geometry.outputShape), pidx)
  }

  /// Slide "Derivative of max pooling layer at layer l": `dy(l-1, j, pidx(l, j, x, y)) += dy(l, j, x, y)`.
  public func maximumInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, saved: [Int]
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, geometry.outputShape, "pooling output gradient")
    var dy = try Tensor<Scalar>(zeros: geometry.inputShape).elements
    for (gradient, element) in zip(outputGradient.elements, saved) { dy[element] += gradient }
    return try Tensor(dy, shape: geometry.inputShape)
  }

  /// Slide "Mean Pooling layer at layer l": `y(l, j, x, y) = mean(y(l-1, j, x:x+K1-1, y:y+K1-1))`.
  public func mean<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, countIncludesPadding: Bool, divisor: Int? = nil
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, geometry.inputShape, "pooling input")
    let y = input.elements
    var output: [Scalar] = []
    forEachWindow { window in
      var sum: Scalar = 0
      for element in window.elements { sum += y[element] }
      output.append(sum / Scalar(divisor ?? (countIncludesPadding ? window.paddedTaps : window.elements.count)))
    }
    return try Tensor(output, shape: geometry.outputShape)
  }

  /// Slide "Derivative of mean pooling layer at layer l": `dy(l-1, k, p, x+i, y+j) += (1/K1pool2) dy(l, k, x, y)`.
  public func meanInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, countIncludesPadding: Bool, divisor: Int? = nil
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, geometry.outputShape, "pooling output gradient")
    let gradients = outputGradient.elements
    var dy = try Tensor<Scalar>(zeros: geometry.inputShape).elements
    var output = 0
    forEachWindow { window in
      let taps = divisor ?? (countIncludesPadding ? window.paddedTaps : window.elements.count)
      let share = gradients[output] / Scalar(taps)
      for element in window.elements { dy[element] += share }
      output += 1
    }
    return try Tensor(dy, shape: geometry.inputShape)
  }

  /// The window of one output element.
  struct Window {
    /// The places in the input of those taps that lie on it, in row-major order.
    let elements: [Int]
    /// The number of taps that lie on the input or its padding; a last, partial window reaches beyond.
    let paddedTaps: Int
  }

  /// Visits the windows of all output elements in row-major order.
  func forEachWindow(_ visit: (Window) -> Void) {
    let (rows, columns, channels) = (geometry.vertical, geometry.horizontal, geometry.channels)
    for n in 0..<geometry.batch {
      for p in 0..<rows.output {
        for q in 0..<columns.output {
          for c in 0..<channels {
            var elements: [Int] = []
            var paddedTaps = 0
            for r in 0..<rows.window {
              for s in 0..<columns.window {
                let h = p * rows.stride + r * rows.dilation - rows.low
                let w = q * columns.stride + s * columns.dilation - columns.low
                if h < rows.input + rows.high && w < columns.input + columns.high { paddedTaps += 1 }
                if h < 0 || h >= rows.input || w < 0 || w >= columns.input { continue }
                elements.append(((n * rows.input + h) * columns.input + w) * channels + c)
              }
            }
            visit(Window(elements: elements, paddedTaps: paddedTaps))
          }
        }
      }
    }
  }
}
