/// The zeros (for max pooling: the absent values) around an input, given for each side.
///
/// Low and high padding is the primitive; ``same`` is a shorthand that a geometry resolves for its extents. The
/// default is ``valid`` everywhere: in every geometry, and in every layer of a network, there is no padding unless it
/// is given.
public enum Padding: Hashable, Sendable, Codable, ExpressibleByIntegerLiteral {
  /// The given numbers of rows above and below, and columns left and right.
  case sides(top: Int, bottom: Int, left: Int, right: Int)
  /// As many as make the output's extent `ceil(input / stride)`; where their number is odd, the extra one lies at the
  /// bottom and at the right, also for even windows.
  case same

  /// No padding: the window stays inside the input.
  public static let valid = Padding.sides(top: 0, bottom: 0, left: 0, right: 0)

  /// The same number on all four sides.
  public init(integerLiteral value: Int) {
    self = .sides(top: value, bottom: value, left: value, right: value)
  }

  /// `height` rows above and below, `width` columns left and right.
  public static func symmetric(_ height: Int, _ width: Int) -> Padding {
    .sides(top: height, bottom: height, left: width, right: width)
  }
}

extension Padding {
  /// The amounts of the four sides, for an operation that resolves no ``same``.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for ``same`` and for negative amounts.
  func amounts(_ name: String) throws(UnfoldError) -> (top: Int, bottom: Int, left: Int, right: Int) {
    guard case .sides(let top, let bottom, let left, let right) = self else {
      throw .invalidArgument(name, expected: "an amount for each side", found: "\(self)")
    }
    let limit = Int(Int32.max)
    for (side, amount) in [("top", top), ("bottom", bottom), ("left", left), ("right", right)] {
      try require("\(name) at the \(side)", amount, in: 0...limit, or: "0 to \(limit)")
    }
    return (top, bottom, left, right)
  }
}
