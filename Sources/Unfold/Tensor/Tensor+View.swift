/// Tensors in memory that somebody else plans: a network's arena.
extension Tensor {
  /// A tensor in memory of another owner, uninitialised. As long as nobody holds a copy of it, writing to it writes there.
  ///
  /// - Parameters:
  ///   - memory: Aligned to 64 bytes, large enough for `shape`.
  ///   - owner: Kept alive.
  /// - Throws: ``UnfoldError`` for a negative extent or a size that the machine cannot hold.
  package init(viewing memory: UnsafeMutableRawPointer, shape: Shape, owner: AnyObject) throws(UnfoldError) {
    let count = try shape.elementCount()
    self.init(shape: shape, count: count, storage: TensorStorage(viewing: memory, count: count, owner: owner))
  }

  /// The same elements in memory of their own.
  package func copied() throws(UnfoldError) -> Tensor {
    var copy = try Tensor(uninitialized: shape)
    try copy.copyElements(of: self)
    return copy
  }

  /// Overwrites the elements with those of a tensor of the same shape, in the memory where they lie.
  package mutating func copyElements(of other: Tensor) throws(UnfoldError) {
    try other.requireShape(shape, "tensor to copy")
    let target = try outputBase()
    // A view of the same memory has them already.
    if UnsafePointer(target) != other.base { target.update(from: other.base, count: count) }
    withExtendedLifetime(other) {}
  }
}
