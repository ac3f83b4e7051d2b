import CKernels

/// Stores past the cache, for results that are too large to be found there again: nothing is fetched to be overwritten,
/// and nothing else has to leave. They fill whole lines of the cache.
enum StreamedStores {
  /// A tensor of more leaves nothing of another in the cache.
  static let cacheBytes = 16 << 20
  /// A line of the cache.
  static let lineBytes = 64

  /// Whether a tensor of `count` elements is so large, and the memory and runs of so many elements in it begin on the
  /// boundary of a line.
  @inline(__always)
  static func suit<Scalar: TensorScalar>(
    _ memory: UnsafeMutablePointer<Scalar>, elements: Int, of count: Int
  ) -> Bool {
    count * MemoryLayout<Scalar>.stride > cacheBytes && areWholeLines(0..<elements, of: Scalar.self)
      && beginsLine(memory)
  }

  /// Whether memory begins on the boundary of a line.
  @inline(__always)
  static func beginsLine<Scalar: TensorScalar>(_ memory: UnsafeMutablePointer<Scalar>) -> Bool {
    UInt(bitPattern: memory) % UInt(lineBytes) == 0
  }

  /// Whether a run of elements begins and ends on the boundary of a line.
  @inline(__always)
  static func areWholeLines<Scalar: TensorScalar>(_ run: Range<Int>, of scalar: Scalar.Type) -> Bool {
    (run.lowerBound | run.upperBound) * MemoryLayout<Scalar>.stride % lineBytes == 0
  }

  /// Copies elements that fill lines, to memory that begins on the boundary of one.
  @inline(__always)
  static func copy<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    assert(areWholeLines(0..<count, of: Scalar.self), "\(count) elements")
    unfold_stream_lines(target, source, count * MemoryLayout<Scalar>.stride / lineBytes)
  }

  /// Makes what this thread wrote past the cache visible to the others, before they are told that it is there.
  @inline(__always)
  static func finish() { unfold_finish_streams() }
}
