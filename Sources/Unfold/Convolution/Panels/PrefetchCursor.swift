import CProcessor

/// Memory that is read or written soon, to be prefetched line by line during another product. Memory latency is long,
/// and a core has only few outstanding requests at a time.
struct PrefetchCursor {
  private var next: UnsafeRawPointer?
  private let end: UnsafeRawPointer?

  /// No memory.
  init() { (next, end) = (nil, nil) }

  init<Scalar>(_ first: UnsafePointer<Scalar>, count: Int) {
    next = count > 0 ? UnsafeRawPointer(first) : nil
    end = UnsafeRawPointer(first + count)
  }

  /// The source of some pixels of a lowering, where that is one stretch of memory. The hardware does not prefetch it,
  /// because the rows of a block are read side by side.
  @inline(__always)
  init<Scalar>(_ pixels: Range<Int>, of lowering: Lowering, from source: UnsafePointer<Scalar>) {
    if lowering.isDense, !pixels.isEmpty {
      self.init(source + pixels.lowerBound * lowering.segmentLength, count: pixels.count * lowering.segmentLength)
    } else {
      self.init()
    }
  }

  /// The next lines, as many as a product prefetches: one for each of its terms. Nil where all have been prefetched.
  @inline(__always)
  mutating func take(lines: Int) -> UnsafeRawPointer? {
    guard let first = next, let end else { return nil }
    let following = first + lines &* StreamedStores.lineBytes
    next = following < end ? following : nil
    return first
  }
}

/// Prefetches the cache lines of some elements, which are read or written soon.
@inline(__always)
func prefetchLines<Scalar>(of first: UnsafePointer<Scalar>, count: Int) {
  let step = StreamedStores.lineBytes / MemoryLayout<Scalar>.stride
  for element in stride(from: 0, to: count, by: step) { unfold_prefetch(first + element) }
}
