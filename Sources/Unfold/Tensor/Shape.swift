/// The extents of a tensor, outermost first: activations are `[N, H, W, C]`, filters `[R, S, C, K]`.
///
/// A shape is data, so a wrong one is not a trap: whoever allocates or computes with it calls ``elementCount()``,
/// which throws.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// One extent an axis.
  public var extents: [Int]

  /// A shape with the given extents, outermost first.
  public init(_ extents: [Int]) { self.extents = extents }

  /// A shape written as a literal, `[8, 28, 28, 1]`.
  public init(arrayLiteral extents: Int...) { self.extents = extents }

  /// The number of axes.
  public var rank: Int { extents.count }

  /// The extent of one axis.
  public subscript(axis: Int) -> Int { extents[axis] }

  /// The number of elements, the product of all extents (1 for the scalar shape `[]`).
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for a negative extent and
  ///   ``UnfoldError/tooLarge(_:size:limit:)`` where the product exceeds `Int.max`.
  public func elementCount() throws(UnfoldError) -> Int {
    var count = 1
    for extent in extents {
      try require("extent of \(self)", extent, in: 0..., or: "0 or more")
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if overflow { throw .tooLarge("elements of \(self)", size: "more than an Int holds", limit: .max) }
      count = product
    }
    return count
  }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[\(extents.map(String.init).joined(separator: ", "))]" }
}
