import CProcessor

/// Memory that is read soon, to be asked for line by line while something else is multiplied: that comes from afar, and a
/// processor has few requests under way at a time.
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

  /// What a product of so many terms may ask for, a line a term; nil where all has been asked for.
  @inline(__always)
  mutating func take(terms: Int) -> UnsafeRawPointer? {
    guard let first = next, let end else { return nil }
    let following = first + terms &* StreamedStores.lineBytes
    next = following < end ? following : nil
    return first
  }

  /// Asks for the next lines at once: a product of few terms takes too few.
  @inline(__always)
  mutating func ask(lines: Int) {
    guard let first = next, let end else { return }
    let following = min(first + lines &* StreamedStores.lineBytes, end)
    askForLines(from: first, to: following)
    next = following < end ? following : nil
  }
}

/// Asks for the lines of some elements, which are read or written soon.
@inline(__always)
func askForLines<Scalar>(of first: UnsafePointer<Scalar>, count: Int) {
  askForLines(from: UnsafeRawPointer(first), to: UnsafeRawPointer(first + count))
}

@inline(__always)
private func askForLines(from first: UnsafeRawPointer, to end: UnsafeRawPointer) {
  var line = first
  while line < end {
    unfold_prefetch(line)
    line += StreamedStores.lineBytes
  }
}
