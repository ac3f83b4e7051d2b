/// A run of neighbouring windows of one output row that have the same taps on the input: what the kernels loop over.
///
/// The channels are the inner loop, the pixels of the run the next one. Both in one kernel, because the compiler then
/// checks once a run, and not once a pixel, that its pointers do not overlap.
struct WindowRun {
  /// The first window of the run.
  private(set) var q = 0
  /// The number of windows.
  private(set) var pixels = 0
  /// The taps that lie on the input, rows and columns.
  private let rowTaps: (first: Int, end: Int)
  private(set) var columnTaps = (first: 0, end: 0)
  /// The channels of the task.
  let channels: Int
  /// The scalars from one window to the next, in the input and in the output.
  let inputStep: Int
  let outputStep: Int

  private let geometry: PoolingGeometry
  private let inputImage: Int
  private let outputRow: Int
  private let p: Int

  /// The first run of output row `p` of an image.
  @inline(__always)
  init(_ geometry: PoolingGeometry, image: Int, p: Int, channels block: Range<Int>) {
    self.geometry = geometry
    self.p = p
    rowTaps = geometry.vertical.insideTaps(at: p)
    channels = block.count
    inputStep = geometry.horizontal.stride &* geometry.channels
    outputStep = geometry.channels
    inputImage = geometry.inputOffset(image, 0) &+ block.lowerBound
    outputRow = geometry.outputOffset(image, p) &+ block.lowerBound
    measure()
  }

  /// Whether there is a run: false behind the last.
  @inline(__always)
  var isInside: Bool { q < geometry.horizontal.output }

  /// Goes on to the next run.
  @inline(__always)
  mutating func advance() {
    q &+= pixels
    if isInside { measure() }
  }

  @inline(__always)
  private mutating func measure() {
    pixels = geometry.horizontal.runEnd(from: q) &- q
    columnTaps = geometry.horizontal.insideTaps(at: q)
  }

  /// The number of taps that lie on the input.
  @inline(__always)
  var taps: Int { (rowTaps.end &- rowTaps.first) &* (columnTaps.end &- columnTaps.first) }

  /// Where the run begins in the output.
  @inline(__always)
  var outputOffset: Int { outputRow &+ q &* outputStep }

  /// Where the run begins in the input for its tap `index`, counted in row-major order over those on the input.
  @inline(__always)
  func inputOffset(of index: Int) -> Int {
    let columns = columnTaps.end &- columnTaps.first
    let r = rowTaps.first &+ index / columns
    let s = columnTaps.first &+ index % columns
    let h = geometry.vertical.inputPosition(p, tap: r)
    let w = geometry.horizontal.inputPosition(q, tap: s)
    return inputImage &+ (h &* geometry.horizontal.input &+ w) &* geometry.channels
  }
}
