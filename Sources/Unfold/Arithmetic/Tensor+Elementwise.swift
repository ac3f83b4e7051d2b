/// Elementwise operators of two tensors of one shape: what ``Addition`` and ``Multiplication`` share.
extension Tensor {
  /// Writes this tensor from two others: `body(range, a, b, y)` writes some of the elements.
  ///
  /// - Parameter names: What messages call the two and this one.
  /// - Throws: ``UnfoldError`` where the shapes differ, for an extent of 0, or if memory is refused.
  @inline(__always)
  mutating func combine(
    _ first: Tensor, _ second: Tensor, _ context: ExecutionContext,
    _ names: (first: StaticString, second: StaticString, result: StaticString),
    _ body: (
      _ range: Range<Int>, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>
    ) -> Void
  ) throws(UnfoldError) {
    try second.requireShape(first.shape, "\(names.second)")
    try requireShape(first.shape, "\(names.result)")
    defer { withExtendedLifetime((first, second)) {} }
    let (a, b, y) = (first.base, second.base, try outputBase())
    let runs = try ElementRuns(of: first, "\(names.first)")
    context.forEach(runs.tasks) { task, _ in body(runs.range(of: task), a, b, y) }
  }

  /// Updates this tensor from another one: `body(range, y, b)` updates some of the elements.
  ///
  /// - Parameter names: What messages call this one and the other.
  /// - Throws: ``UnfoldError`` where the shapes differ or for an extent of 0.
  @inline(__always)
  mutating func update(
    with other: Tensor, _ context: ExecutionContext, _ names: (own: StaticString, other: StaticString),
    _ body: (_ range: Range<Int>, _ y: UnsafeMutablePointer<Scalar>, _ b: UnsafePointer<Scalar>) -> Void
  ) throws(UnfoldError) {
    try other.requireShape(shape, "\(names.other)")
    defer { withExtendedLifetime(other) {} }
    let (y, b) = (mutableBase(), other.base)
    let runs = try ElementRuns(of: self, "\(names.own)")
    context.forEach(runs.tasks) { task, _ in body(runs.range(of: task), y, b) }
  }
}
