/// The elements of a tensor cut into the tasks of an elementwise operation: runs of a fixed length, so that the
/// partition does not depend on the number of threads.
struct ElementRuns {
  let count: Int

  /// So many elements.
  init(count: Int) { self.count = count }

  /// The elements of an operation's tensor.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for an extent of 0.
  init<Scalar>(of tensor: Tensor<Scalar>, _ name: String) throws(UnfoldError) {
    try tensor.shape.requireElements(name)
    count = tensor.count
  }

  /// Tens of microseconds of work for the cheapest function (two or three streams of 128 KiB).
  static var length: Int { 32_768 }
  /// What stays in the first-level cache between two passes over it.
  static var blockLength: Int { 2_048 }

  var tasks: Int { (count + Self.length - 1) / Self.length }

  /// The elements of one task.
  @inline(__always)
  func range(of task: Int) -> Range<Int> {
    let first = task &* Self.length
    return first..<min(first &+ Self.length, count)
  }

  /// Calls `body(first, length)` for the blocks of one task.
  @inline(__always)
  func forEachBlock(of task: Int, _ body: (_ first: Int, _ length: Int) -> Void) {
    var first = task &* Self.length
    let end = min(first &+ Self.length, count)
    while first < end {
      let length = min(Self.blockLength, end &- first)
      body(first, length)
      first = first &+ length
    }
  }
}
