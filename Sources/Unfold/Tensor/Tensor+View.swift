/// Tensors in memory that another object owns, such as a network's arena.
extension Tensor {
  /// A tensor in memory of another owner, uninitialised. As long as nobody holds a copy of it, writing to it writes
  /// there.
  ///
  /// - Parameters:
  ///   - memory: Aligned to 64 bytes, large enough for `shape`.
  ///   - owner: Kept alive.
  /// - Throws: ``UnfoldError`` for a negative extent or a size that the machine cannot hold.
  package init(viewing memory: UnsafeMutableRawPointer, shape: Shape, owner: AnyObject) throws(UnfoldError) {
    let count = try shape.elementCount()
    self.init(shape: shape, count: count, storage: TensorStorage(viewing: memory, count: count, owner: owner))
  }

  /// Some samples, `[N, ...]`, where they lie.
  ///
  /// - Throws: ``UnfoldError`` for a size that the machine cannot hold.
  package func samples(_ range: Range<Int>) throws(UnfoldError) -> Tensor {
    precondition(shape.rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0], "samples outside the tensor")
    let elements = shape[0] == 0 ? 0 : count / shape[0]
    let first = UnsafeMutableRawPointer(mutating: base + range.lowerBound * elements)
    return try Tensor(viewing: first, shape: shape.sample.batched(range.count), owner: storage)
  }

  /// The same elements in memory of their own.
  package func copied() throws(UnfoldError) -> Tensor {
    let copy = try Tensor(uninitialized: shape)
    copy.storage.base.update(from: base, count: count)
    return copy
  }

  /// Overwrites the elements with those of a tensor of the same shape, in the memory where they lie.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  package mutating func copyElements(of other: Tensor, context: ExecutionContext) throws(UnfoldError) {
    try other.requireShape(shape, "tensor to copy")
    defer { withExtendedLifetime(other) {} }
    let (source, target) = (other.base, try outputBase())
    // Nothing to do for a view of the same memory.
    if source == UnsafePointer(target) { return }
    let runs = ElementRuns(count: count)
    context.forEach(runs.tasks) { task, _ in
      let range = runs.range(of: task)
      (target + range.lowerBound).update(from: source + range.lowerBound, count: range.count)
    }
  }
}
