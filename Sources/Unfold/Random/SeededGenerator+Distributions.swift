import Glibc

/// Numbers and orders drawn from a generator. The standard library is not used, because its algorithms may change
/// between versions: so a seed always gives the same training.
extension SeededGenerator {
  /// A number equally likely anywhere in `0 ..< 1`, from the upper 24 (`Float`) or 53 (`Double`) bits of one word: a
  /// `Float` is the `Double` of the same state, rounded down.
  public mutating func uniform<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> Scalar {
    Scalar(next() &>> UInt64(63 - Scalar.significandBitCount)) * (Scalar.ulpOfOne / 2)
  }

  /// A number from the normal distribution with mean 0 and standard deviation 1, by Box and Muller (1958):
  /// `sqrt(-2 ln(1 - u)) cos(2 pi v)` of two uniform numbers, computed in `Double` for both types.
  ///
  /// The second number that the method offers (the sine) is dropped: keeping it would add to the ``state``.
  public mutating func normal<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> Scalar {
    let radius = (-2 * log(1 - uniform(as: Double.self))).squareRoot()
    return Scalar(radius * cos(2 * .pi * uniform(as: Double.self)))
  }

  /// A whole number equally likely anywhere in `range`, without bias (Lemire, "Fast Random Integer Generation in an
  /// Interval", 2019).
  public mutating func integer(in range: ClosedRange<Int>) -> Int {
    let width = UInt64(bitPattern: Int64(range.upperBound)) &- UInt64(bitPattern: Int64(range.lowerBound))
    guard width < .max else { return Int(truncatingIfNeeded: next()) }
    let bound = width + 1
    // The high word of word * bound is the number; the few low words that would favour some numbers are drawn again.
    let rejected = (0 &- bound) % bound
    var product = next().multipliedFullWidth(by: bound)
    while product.low < rejected { product = next().multipliedFullWidth(by: bound) }
    return range.lowerBound &+ Int(truncatingIfNeeded: product.high)
  }

  /// Puts the elements into an order in which each permutation is equally likely, by Fisher and Yates: from the last
  /// place down to the second, the place gets one of the elements not yet placed.
  ///
  /// - Complexity: O(`elements.count`).
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    var place = elements.count - 1
    while place > 0 {
      elements.swapAt(place, integer(in: 0...place))
      place -= 1
    }
  }

  /// The numbers `0 ..< count` in a random order; empty for a `count` below 1.
  ///
  /// - Complexity: O(`count`).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    shuffle(&order)
    return order
  }
}
