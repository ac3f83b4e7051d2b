extension Shape {
  /// The number of elements, for operations that accept no empty tensor.
  ///
  /// - Throws: ``UnfoldError`` for an extent below 1 or beyond `Int32`, and for more elements than `Int` holds bytes of.
  func requireExtents(_ name: String) throws(UnfoldError) -> Int {
    let limit = Int(Int32.max)
    for axis in 0..<rank {
      try require("axis \(axis) of the \(name)", self[axis], in: 1...limit, or: "1 to \(limit)")
    }
    let count = try elementCount()
    guard count <= Int.max / 8 else { throw .tooLarge("bytes of \(self)", size: "8 x \(count)", limit: .max) }
    return count
  }
}
