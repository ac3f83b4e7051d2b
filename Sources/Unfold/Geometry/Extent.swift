/// A height and a width: of a window, a stride, a dilation. An integer literal sets both.
public struct Extent: Hashable, Sendable, Codable, ExpressibleByIntegerLiteral {
  /// Along the rows' axis.
  public var height: Int
  /// Along the columns' axis.
  public var width: Int

  /// A height and a width.
  public init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  /// The same height and width.
  public init(integerLiteral value: Int) { self.init(value, value) }
}

extension Extent: CustomStringConvertible {
  public var description: String { "\(height)x\(width)" }
}
