/// A range of neighbouring windows of one output row that have the same taps on the input. The kernels loop over it.
///
/// The channels are the inner loop, the pixels of the range the next one. Both loops are in one kernel: the compiler
/// then checks once a range, not once a pixel, that its pointers do not overlap.
struct WindowRange {
  /// The first window of the range.
  private(set) var q = 0
  /// The number of windows.
  private(set) var pixels = 0
  /// The taps that lie on the input, rows and columns.
  private let rowTaps: (first: Int, end: Int)
  private(set) var columnTaps = (first: 0, end: 0)
  /// The channels of the task.
  let channels: Int
  /// The scalars from one window to the next, in the input and in the output.
  let inputStep, outputStep: Int

  private let geometry: PoolingGeometry
  private let limit, inputImage, outputRow, p: Int

  /// The first range of output row `p` of an image, of at most `limit` windows.
  @inline(__always)
  init(_ geometry: PoolingGeometry, image: Int, p: Int, channels block: Range<Int>, limit: Int = .max) {
    self.geometry = geometry
    self.limit = limit
    self.p = p
    rowTaps = geometry.vertical.insideTaps(at: p)
    channels = block.count
    inputStep = geometry.horizontal.stride &* geometry.channels
    outputStep = geometry.channels
    inputImage = geometry.inputOffset(image, 0) &+ block.lowerBound
    outputRow = geometry.outputOffset(image, p) &+ block.lowerBound
    measure()
  }

  /// Whether there is a range: false after the last.
  @inline(__always) var isInside: Bool { q < geometry.horizontal.output }

  /// Goes on to the next range.
  @inline(__always)
  mutating func advance() {
    q &+= pixels
    if isInside { measure() }
  }

  @inline(__always)
  private mutating func measure() {
    pixels = min(geometry.horizontal.rangeEnd(from: q) &- q, limit)
    columnTaps = geometry.horizontal.insideTaps(at: q)
  }

  /// The number of taps that lie on the input.
  @inline(__always) var taps: Int { (rowTaps.end &- rowTaps.first) &* (columnTaps.end &- columnTaps.first) }

  /// Where the range begins in the output.
  @inline(__always) var outputOffset: Int { outputRow &+ q &* outputStep }

  /// Where the range begins in the input for each of its taps.
  @inline(__always)
  var tapOffsets: TapOffsets {
    let columns = columnTaps.end &- columnTaps.first
    let h = geometry.vertical.inputPosition(p, tap: rowTaps.first)
    let w = geometry.horizontal.inputPosition(q, tap: columnTaps.first)
    let step = geometry.horizontal.dilation &* geometry.channels
    let row = geometry.vertical.dilation &* geometry.horizontal.input &* geometry.channels
    return TapOffsets(
      offset: inputImage &+ (h &* geometry.horizontal.input &+ w) &* geometry.channels, columns: columns, step: step,
      nextRow: row &- (columns &- 1) &* step)
  }
}

/// The places in the input of a window's taps that lie on it, one after the other in row-major order.
struct TapOffsets {
  fileprivate var offset: Int
  fileprivate var column = 0
  fileprivate let columns, step, nextRow: Int

  @inline(__always)
  mutating func next() -> Int {
    let place = offset
    column &+= 1
    if column == columns {
      column = 0
      offset &+= nextRow
    } else {
      offset &+= step
    }
    return place
  }
}
