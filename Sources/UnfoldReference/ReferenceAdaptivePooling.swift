import Unfold

/// Adaptive pooling by its definition, window by window. The methods have the names and parameters of
/// `AdaptivePooling`'s own, except that `saved` holds the places as they are.
public struct ReferenceAdaptivePooling: Sendable {
  let pooling: AdaptivePooling

  /// The largest element of each window; the first of equal ones, and the first NaN before all.
  public func maximum<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: [Int]) {
    try expect(input, pooling.inputShape, "adaptive pooling input")
    let x = input.elements
    var saved: [Int] = []
    forEachWindow { window in
      let first = window.first { x[$0].isNaN } ?? window.reduce(window[0]) { x[$1] > x[$0] ? $1 : $0 }
      saved.append(first)
    }
    return (try Tensor(saved.map { x[$0] }, shape: pooling.outputShape), saved)
  }

  /// inputGradient(saved(output)) += outputGradient(output).
  public func maximumInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, saved: [Int]
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, pooling.outputShape, "adaptive pooling output gradient")
    var sums = [Double](repeating: 0, count: try pooling.inputShape.elementCount())
    for (gradient, element) in zip(outputGradient.elements, saved) { sums[element] += Double(gradient) }
    return try Tensor(sums.map { Scalar($0) }, shape: pooling.inputShape)
  }

  /// The mean of each window.
  public func mean<Scalar: TensorScalar>(_ input: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, pooling.inputShape, "adaptive pooling input")
    let x = input.elements
    var output: [Scalar] = []
    forEachWindow { window in
      output.append(Scalar(window.reduce(0) { $0 + Double(x[$1]) } / Double(window.count)))
    }
    return try Tensor(output, shape: pooling.outputShape)
  }

  /// Each output gradient in equal shares to its window.
  public func meanInputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, pooling.outputShape, "adaptive pooling output gradient")
    let gradients = outputGradient.elements
    var sums = [Double](repeating: 0, count: try pooling.inputShape.elementCount())
    var output = 0
    forEachWindow { window in
      for element in window { sums[element] += Double(gradients[output]) / Double(window.count) }
      output += 1
    }
    return try Tensor(sums.map { Scalar($0) }, shape: pooling.inputShape)
  }

  /// Visits the windows of all output elements in row-major order: the places in the input, in row-major order.
  private func forEachWindow(_ visit: ([Int]) -> Void) {
    let (input, output) = (pooling.inputShape, pooling.outputShape)
    for n in 0..<output[0] {
      for p in 0..<output[1] {
        for q in 0..<output[2] {
          for c in 0..<output[3] {
            var window: [Int] = []
            for h in 0..<input[1] where isInside(h, p, input[1], output[1]) {
              for w in 0..<input[2] where isInside(w, q, input[2], output[2]) {
                window.append(((n * input[1] + h) * input[2] + w) * input[3] + c)
              }
            }
            visit(window)
          }
        }
      }
    }
  }

  /// Whether the unit interval of an input position overlaps that of a window, p H / P to (p + 1) H / P, written
  /// without a division.
  private func isInside(_ element: Int, _ window: Int, _ input: Int, _ output: Int) -> Bool {
    (element + 1) * output > window * input && element * output < (window + 1) * input
  }
}

extension AdaptivePooling {
  /// The same pooling, window by window.
  public var reference: ReferenceAdaptivePooling { ReferenceAdaptivePooling(pooling: self) }
}
