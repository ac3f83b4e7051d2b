/// The partition of a tensor's elements into the tasks of an elementwise operation. All tasks but the last have a fixed
/// length, so that the partition does not depend on the number of threads.
struct ElementRuns {
  let count: Int

  /// The partition of `count` elements.
  init(count: Int) { self.count = count }

  /// The partition of a tensor's elements.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for an extent of 0.
  init<Scalar>(of tensor: Tensor<Scalar>, _ name: @autoclosure () -> String) throws(UnfoldError) {
    try tensor.shape.requireElements(name())
    count = tensor.count
  }

  /// The elements of a task: tens of microseconds of work for the cheapest function (two or three streams of 128 KiB).
  static var length: Int { 32_768 }
  /// The elements of a block, which stays in the first-level cache between two passes over it.
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
