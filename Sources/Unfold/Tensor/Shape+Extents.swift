// Tensors may be empty, but operators refuse empty ones: see ``Tensor``.
extension Shape {
  /// Throws ``UnfoldError/invalidArgument(_:expected:found:)`` for an extent of 0.
  package func requireElements(_ name: @autoclosure () -> String) throws(UnfoldError) {
    for axis in indices {
      let extent = self[axis]
      try require("axis \(axis) of the \(name())", extent, in: 1..., or: "1 or more")
    }
  }

  /// The number of elements, for operators that are made for a shape.
  ///
  /// - Throws: ``UnfoldError`` for an extent below 1 or beyond `Int32`, and for more elements than memory can hold.
  func requireExtents(_ name: String) throws(UnfoldError) -> Int {
    let limit = Int(Int32.max)
    for axis in 0..<rank {
      try require("axis \(axis) of the \(name)", self[axis], in: 1...limit, or: "1 to \(limit)")
    }
    return try requireMemory()
  }

  /// The most bytes that a process can address: 47 bits.
  private static var addressableBytes: Int { 1 << 47 }

  /// The number of elements, of a shape whose tensors of `Double` a process could address.
  ///
  /// What is computed from such shapes (offsets, tasks, scratch memory) is far below the limit of `Int`, so that a
  /// geometry can tell the memory that it needs before any of its tensors exists.
  ///
  /// - Throws: ``UnfoldError/tooLarge(_:size:limit:)`` for more elements.
  @discardableResult
  func requireMemory() throws(UnfoldError) -> Int {
    let count = try elementCount()
    guard count <= Self.addressableBytes / 8 else {
      throw .tooLarge("bytes of \(self)", size: "8 x \(count)", limit: Self.addressableBytes)
    }
    return count
  }
}
