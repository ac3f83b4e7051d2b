/// The partition of images into tasks: bands of whole rows, and blocks of channels where there are too few rows for
/// every core (global pooling of one image). It is a function of the shapes alone, so that the number of threads
/// changes nothing.
struct RowBands {
  /// The rows of all images together.
  let rows: Int
  /// The channels of a pixel.
  let channels: Int
  /// The rows of one task.
  let bandRows: Int
  /// The channels of one task.
  let blockChannels: Int

  private let blocks: Int

  /// The elements of a task: about 20 to 50 microseconds of work, while taking a task costs well under one.
  private static let elementsPerTask = 65536.0
  /// The most tasks that are useful: enough for the largest number of threads to share.
  private static let tasksWanted = 64
  /// A cache line of `Float`.
  private static let smallestBlock = 16

  /// - Parameter elementsPerRow: The scalars that the work on one row reads or writes.
  init(rows: Int, channels: Int, elementsPerRow: Double) {
    self.rows = rows
    self.channels = channels
    // Between 1 and 65536 rows, and between 1 and 64 blocks, for all extents.
    bandRows = min(max(Int(Self.elementsPerTask / max(elementsPerRow, 1)), 1), rows)
    let blocksOfWork = Int(min((elementsPerRow / Self.elementsPerTask).rounded(.up), Double(Self.tasksWanted)))
    let blocksWanted = min(max(blocksOfWork, 1), max(Self.tasksWanted / rows, 1))
    let share = (channels + blocksWanted - 1) / blocksWanted
    blockChannels = min((share + Self.smallestBlock - 1) / Self.smallestBlock * Self.smallestBlock, channels)
    blocks = (channels + blockChannels - 1) / blockChannels
  }

  /// The number of tasks.
  var tasks: Int { (rows + bandRows - 1) / bandRows * blocks }

  /// The rows of a task, counted over all images.
  @inline(__always)
  func rows(of task: Int) -> Range<Int> {
    let first = task / blocks * bandRows
    return first..<min(first + bandRows, rows)
  }

  /// The channels of a task.
  @inline(__always)
  func channels(of task: Int) -> Range<Int> {
    let first = task % blocks * blockChannels
    return first..<min(first + blockChannels, channels)
  }
}

/// Sets `count` channels of each pixel of a row to zero: a gradient that gathers begins with it.
@inline(__always)
func clear<Scalar: TensorScalar>(
  _ row: UnsafeMutablePointer<Scalar>, pixels: Int, channels: Int, _ count: Int
) {
  if count == channels {
    row.update(repeating: 0, count: pixels &* channels)
  } else {
    for pixel in 0..<pixels { (row + pixel &* channels).update(repeating: 0, count: count) }
  }
}
