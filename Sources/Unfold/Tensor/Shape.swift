/// The extents of a tensor, outermost first: activations are `[N, H, W, C]`, filters `[R, S, C, K]`.
///
/// A shape may come from user data, so an invalid one does not trap: ``elementCount()``, which every allocation and
/// operation calls, throws.
///
/// It is a collection of its extents:
///
/// ```swift
/// let shape: Shape = [8, 28, 28, 1]
/// shape.dropFirst().reduce(1, *)          // 784
/// ```
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// The number of axes.
  public private(set) var rank: Int
  /// The first axes, stored in place: shapes are made and compared in every pass, which must not allocate.
  private var inPlace: SIMD8<Int>
  /// The axes beyond those that fit in place.
  private var others: [Int] = []

  /// A shape with the given extents, outermost first.
  public init(_ extents: some Collection<Int>) {
    rank = extents.count
    inPlace = SIMD8(repeating: 0)
    for (axis, extent) in extents.prefix(inPlace.scalarCount).enumerated() { inPlace[axis] = extent }
    if rank > inPlace.scalarCount { others = Array(extents.dropFirst(inPlace.scalarCount)) }
  }

  /// A shape written as a literal, `[8, 28, 28, 1]`.
  public init(arrayLiteral extents: Int...) { self.init(extents) }

  /// A shape of one to four axes without the array that a literal is made of: for shapes that are made at every pass.
  package init(_ first: Int, _ second: Int? = nil, _ third: Int? = nil, _ fourth: Int? = nil) {
    rank = fourth != nil ? 4 : third != nil ? 3 : second != nil ? 2 : 1
    inPlace = SIMD8(first, second ?? 0, third ?? 0, fourth ?? 0, 0, 0, 0, 0)
  }

  /// The shape of `count` samples of this shape.
  package func batched(_ count: Int) -> Shape {
    guard rank < inPlace.scalarCount else { return Shape([count] + extents) }
    var batch = self
    batch.rank += 1
    batch.inPlace[0] = count
    for axis in 0..<rank { batch.inPlace[axis + 1] = inPlace[axis] }
    return batch
  }

  /// The product of the extents, of a shape that ``elementCount()`` or a geometry has checked.
  package var elements: Int { indices.reduce(1) { $0 &* self[$1] } }

  /// The shape of one sample of a batch.
  package var sample: Shape { Shape(extents.dropFirst()) }

  /// One extent an axis.
  public var extents: [Int] { indices.map { self[$0] } }

  /// The numbers of the axes.
  public var indices: Range<Int> { 0..<rank }

  /// The extent of one axis.
  public subscript(axis: Int) -> Int {
    get {
      precondition(indices.contains(axis), "an axis of the shape")
      return axis < inPlace.scalarCount ? inPlace[axis] : others[axis - inPlace.scalarCount]
    }
    set {
      precondition(indices.contains(axis), "an axis of the shape")
      if axis < inPlace.scalarCount { inPlace[axis] = newValue } else { others[axis - inPlace.scalarCount] = newValue }
    }
  }

  /// The number of elements, the product of all extents (1 for the scalar shape `[]`).
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for a negative extent and
  ///   ``UnfoldError/tooLarge(_:size:limit:)`` where the product exceeds `Int.max`.
  public func elementCount() throws(UnfoldError) -> Int {
    var (count, overflows, isEmpty) = (1, false, false)
    for axis in indices {
      let extent = self[axis]
      try require("extent of \(self)", extent, in: 0..., or: "0 or more")
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      (count, overflows, isEmpty) = (product, overflows || overflow, isEmpty || extent == 0)
    }
    // With an extent of 0 there are no elements, however large the other extents are and in whatever order they come.
    if isEmpty { return 0 }
    if overflows { throw .tooLarge("elements of \(self)", size: "more than an Int holds", limit: .max) }
    return count
  }
}

extension Shape: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { rank }
}

extension Shape: Codable {
  /// The shape of an array of extents.
  ///
  /// - Throws: `DecodingError` for anything else than integers, and where ``elementCount()`` throws.
  public init(from decoder: any Decoder) throws {
    self.init(try [Int](from: decoder))
    do {
      _ = try elementCount()
    } catch {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(error)", underlyingError: error))
    }
  }

  /// Writes an array of the extents, `[8, 28, 28, 1]`.
  public func encode(to encoder: any Encoder) throws { try extents.encode(to: encoder) }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[\(extents.map(String.init).joined(separator: ", "))]" }
}
