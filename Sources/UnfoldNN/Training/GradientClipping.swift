import Unfold

/// Gradient clipping: bounds the norm of the gradient of all parameters together, so that one batch cannot move the
/// weights far away.
///
/// ```
/// norm = √(sum of g² over all parameters)        g <- g bound / norm  where norm > bound
/// ```
///
/// Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (2013), algorithm 1.
public struct GradientClipping: Hashable, Sendable {
  /// The largest norm.
  public let bound: Double

  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` unless the bound is finite and above 0.
  public init(_ bound: Double) throws(UnfoldError) {
    guard bound > 0, bound.isFinite else {
      throw .invalidArgument(
        "bound of the gradient's norm", expected: "a finite number above 0", found: bound.messageText)
    }
    self.bound = bound
  }

  /// Shortens the gradients where they are too long. Those that have an infinite or NaN element stay as they are.
  ///
  /// - Returns: The norm before; NaN where an element is infinite or NaN.
  /// - Complexity: Two passes over the gradients, three where they are shortened.
  @discardableResult
  public func apply<Scalar: TensorScalar>(to parameters: [Parameter<Scalar>], context: ExecutionContext) -> Double {
    var largest = 0.0
    for parameter in parameters {
      let found = Double(parameter.largestGradient(context: context))
      guard found.isFinite else { return .nan }
      largest = max(largest, found)
    }
    guard largest > 0 else { return 0 }
    var sum = 0.0
    for parameter in parameters { sum += parameter.gradient.sumOfSquares() }
    // In Double, squares may overflow or underflow where the numbers do not.
    var (scale, length) = (1.0, sum.squareRoot())
    if !sum.isFinite || sum < Double.leastNormalMagnitude / .ulpOfOne {
      sum = 0
      for parameter in parameters { sum += parameter.gradient.sumOfSquares(dividedBy: largest) }
      (scale, length) = (largest, sum.squareRoot())
    }
    let norm = scale * length
    guard norm > bound else { return norm }
    let factor = Scalar(bound / norm)
    if factor.isNormal {
      for parameter in parameters { parameter.gradient.multiply(by: factor, context) }
    } else {
      // A subnormal factor has lost digits.
      let (divisor, factor) = (Scalar(largest), Scalar(bound / (length * (scale / largest))))
      for parameter in parameters { parameter.gradient.divide(by: divisor, andMultiplyBy: factor) }
    }
    return norm
  }
}

extension Tensor {
  /// In Double, in a fixed order.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func sumOfSquares() -> Double {
    withUnsafeBufferPointer { elements in
      guard let x = elements.baseAddress else { return 0 }
      // Eight partial sums: a single chain of additions would be bound by their latency.
      var sums = SIMD8<Double>.zero
      let whole = elements.count / 8 * 8
      for i in stride(from: 0, to: whole, by: 8) {
        for lane in 0..<8 {
          let value = Double(x[i &+ lane])
          sums[lane] += value * value
        }
      }
      var sum = sums.sum()
      for i in whole..<elements.count { sum += Double(x[i]) * Double(x[i]) }
      return sum
    }
  }

  /// The same for elements that are divided first: slow, for numbers whose squares overflow or underflow.
  fileprivate func sumOfSquares(dividedBy divisor: Double) -> Double {
    withUnsafeBufferPointer { $0.reduce(0) { $0 + (Double($1) / divisor) * (Double($1) / divisor) } }
  }

  fileprivate mutating func divide(by divisor: Scalar, andMultiplyBy factor: Scalar) {
    withUnsafeMutableBufferPointer { elements in
      for i in elements.indices { elements[i] = elements[i] / divisor * factor }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate mutating func multiply(by factor: Scalar, _ context: ExecutionContext) {
    withUnsafeMutableBufferPointer { elements in
      guard let x = elements.baseAddress else { return }
      forEachChunk(of: elements.count, context: context) { range in
        for i in range { x[i] *= factor }
      }
    }
  }
}
