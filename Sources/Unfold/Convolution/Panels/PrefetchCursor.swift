import CProcessor

/// Memory that is read or written soon, to be asked for line by line while something else is multiplied: that comes from
/// afar, and a processor has few requests under way at a time.
struct PrefetchCursor {
  private var next: UnsafeRawPointer?
  private let end: UnsafeRawPointer?

  /// Nothing.
  init() { (next, end) = (nil, nil) }

  init<Scalar>(_ first: UnsafePointer<Scalar>, count: Int) {
    next = count > 0 ? UnsafeRawPointer(first) : nil
    end = UnsafeRawPointer(first + count)
  }

  /// The source of some pixels of a lowering, where that is one stretch of memory: a processor does not foresee it, because
  /// the rows of a block are read side by side.
  @inline(__always)
  init<Scalar>(_ pixels: Range<Int>, of lowering: Lowering, from source: UnsafePointer<Scalar>) {
    if lowering.isDense, !pixels.isEmpty {
      self.init(source + pixels.lowerBound * lowering.run, count: pixels.count * lowering.run)
    } else {
      self.init()
    }
  }

  /// The next lines, as many as a product asks for: one for each of its terms. Nil where all have been asked for.
  @inline(__always)
  mutating func take(lines: Int) -> UnsafeRawPointer? {
    guard let first = next, let end else { return nil }
    let following = first + lines &* StreamedStores.lineBytes
    next = following < end ? following : nil
    return first
  }
}

/// Asks for the lines of some elements, which are read or written soon.
@inline(__always)
func askForLines<Scalar>(of first: UnsafePointer<Scalar>, count: Int) {
  let step = StreamedStores.lineBytes / MemoryLayout<Scalar>.stride
  for element in stride(from: 0, to: count, by: step) { unfold_prefetch(first + element) }
}
