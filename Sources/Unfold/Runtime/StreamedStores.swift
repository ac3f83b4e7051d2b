import CKernels

/// Non-temporal stores, for results that are too large to stay in the cache. They write whole cache lines to memory: no
/// line is read before it is overwritten, and none is evicted.
enum StreamedStores {
  /// The bytes of a tensor from which on non-temporal stores pay: a larger one evicts everything else from the cache.
  static let cacheBytes = 16 << 20
  /// The bytes of a cache line.
  @inline(__always) static var lineBytes: Int { Int(UNFOLD_LINE_BYTES) }

  /// Whether a tensor of `count` elements is so large, and its memory and its runs of `elements` elements begin on the
  /// boundary of a cache line.
  @inline(__always)
  static func suit<Scalar: TensorScalar>(
    _ memory: UnsafeMutablePointer<Scalar>, elements: Int, of count: Int
  ) -> Bool {
    count * MemoryLayout<Scalar>.stride > cacheBytes && areWholeLines(0..<elements, of: Scalar.self)
      && beginsLine(memory)
  }

  /// Whether memory begins on the boundary of a cache line.
  @inline(__always)
  static func beginsLine<Scalar: TensorScalar>(_ memory: UnsafeMutablePointer<Scalar>) -> Bool {
    UInt(bitPattern: memory) % UInt(lineBytes) == 0
  }

  /// Whether a run of elements begins and ends on the boundary of a cache line.
  @inline(__always)
  static func areWholeLines<Scalar: TensorScalar>(_ run: Range<Int>, of scalar: Scalar.Type) -> Bool {
    (run.lowerBound | run.upperBound) * MemoryLayout<Scalar>.stride % lineBytes == 0
  }

  /// Copies whole cache lines with non-temporal stores, to memory that begins on the boundary of one.
  @inline(__always)
  static func copy<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    assert(areWholeLines(0..<count, of: Scalar.self), "\(count) elements")
    unfold_stream_lines(target, source, count * MemoryLayout<Scalar>.stride / lineBytes)
  }

  /// Makes this thread's non-temporal stores visible to the other threads (a store fence). To be called before they are
  /// told that the result is there.
  @inline(__always) static func finish() { unfold_finish_streams() }
}
