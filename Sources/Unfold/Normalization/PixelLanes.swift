/// Images `[pixels, channels]` as rows of lanes, for sums over pixels and for operations on every pixel.
///
/// ```
/// pixels, 3 channels   abc abc abc abc abc abc abc        fold 2, 6 lanes   abcabc
///                                                                           abcabc
///                                                                           abcabc
///                                                         rest              abc
/// ```
///
/// A row holds several pixels side by side where channels are few, so that the loops over lanes are long and fill whole
/// vectors for any number of channels. A sum over pixels is made lane by lane; the lanes of a channel are added at the
/// end. Pixels that fill no row are the rest. Everything here follows from the shapes alone.
struct PixelLanes {
  let images, pixels, channels: Int
  /// The pixels of a row.
  let fold: Int
  /// The whole rows of an image.
  let rows: Int
  /// Whether all threads work on one image at a time, or each on images of its own (which stay in its cache).
  let splitsImages: Bool
  /// The slices of an image's rows, each with sums of its own.
  let slices: Int
  /// The spans of a row, each a task of its own.
  let spans: Int

  /// The most lanes of a block. Its sums and factors stay in the first-level cache. They lie at constant distances, so
  /// that the compiler knows without a test that they do not overlap.
  static var width: Int { 256 }
  /// The rows of a block, which are accumulated in `Scalar` before the sums are added in `Double`.
  static var height: Int { 32 }
  /// About 20 microseconds of work.
  private static var elementsPerTask: Int { 32_768 }

  init(images: Int, pixels: Int, channels: Int) {
    self.images = images
    self.pixels = pixels
    self.channels = channels
    let side = max(Self.width / channels, 1)
    // Rows of a multiple of 32 lanes leave no remainder to a vector loop that is unrolled four times.
    let evenSide = 32 / min(channels & -channels, 32)
    fold = side < evenSide ? side : side / evenSide * evenSide
    rows = pixels / fold
    let elements = pixels * channels
    splitsImages = elements >= 1 << 18 || (elements >= 1 << 16 && images < 16)
    let tasks = splitsImages ? min(elements >> 16, 64) : 1
    spans = min((fold * channels + Self.width - 1) / Self.width, tasks)
    slices = max(1, min(tasks / spans, 32, rows))
  }

  /// The elements of a row.
  var lanes: Int { fold * channels }
  /// The elements of an image.
  var elements: Int { pixels * channels }
  /// The blocks that a row consists of.
  var blocks: Int { (lanes + Self.width - 1) / Self.width }
  /// The first pixel that belongs to no whole row.
  var firstOfRest: Int { rows * fold }

  /// The tasks of a sum over one image.
  var sumTasks: Int { slices * spans }
  /// The tasks of a pass over one image.
  var passTasks: Int { (passRows + rowsPerTask - 1) / rowsPerTask }
  /// The images that are one task where images are not split.
  var imagesPerTask: Int { max(Self.elementsPerTask / elements, 1) }

  private var rowsPerTask: Int { max(Self.elementsPerTask / lanes, 1) }
  /// The rows with the rest as a last, shorter one.
  private var passRows: Int { (pixels + fold - 1) / fold }

  /// The whole rows of a slice.
  @inline(__always)
  func rows(of slice: Int) -> Range<Int> { rows * slice / slices..<rows * (slice + 1) / slices }

  /// The blocks of a span.
  @inline(__always) func blocks(of span: Int) -> Range<Int> { blocks * span / spans..<blocks * (span + 1) / spans }

  /// The lanes of a block.
  @inline(__always) func count(of block: Int) -> Int { min(Self.width, lanes &- block &* Self.width) }

  /// The rows of one task of a pass, the last of which may be the rest.
  @inline(__always)
  func passRows(of task: Int) -> Range<Int> { task * rowsPerTask..<min((task + 1) * rowsPerTask, passRows) }

  /// Calls `body(offset, block, count)` for the blocks of some rows of a pass, in the order of memory.
  @inline(__always)
  func forEachRun(of rows: Range<Int>, _ body: (_ offset: Int, _ block: Int, _ count: Int) -> Void) {
    for row in rows {
      let first = row &* lanes
      let length = min(lanes, elements &- first)
      var lane = 0
      var block = 0
      while lane < length {
        body(first &+ lane, block, min(Self.width, length &- lane))
        lane = lane &+ Self.width
        block = block &+ 1
      }
    }
  }
}
