/// The partition of images into the tasks of an operation that treats each image by itself. A task is a piece of one
/// image's pixels, or several small images. The partition is a function of the shapes alone, so that the number of
/// threads changes nothing.
struct ImagePieces: Hashable, Sendable {
  let images: Int
  let pixels: Int
  /// The pieces of one image.
  let pieces: Int
  private let imagesPerTask: Int

  /// The elements of a task: about ten microseconds of memory traffic.
  private static let elementsPerTask = 32_768
  /// The most pieces, and so partial sums, of an image: enough for the threads to share even one image.
  private static let largestNumber = 32

  init(images: Int, pixels: Int, channels: Int) {
    self.images = images
    self.pixels = pixels
    pieces = min(max(pixels * channels / Self.elementsPerTask, 1), Self.largestNumber, pixels)
    imagesPerTask = pieces > 1 ? 1 : min(max(Self.elementsPerTask / (pixels * channels), 1), images)
  }

  var tasks: Int { ceilingDivision(images, imagesPerTask) * pieces }

  @inline(__always)
  func images(of task: Int) -> Range<Int> {
    let first = task / pieces * imagesPerTask
    return first..<min(first + imagesPerTask, images)
  }

  @inline(__always)
  func piece(of task: Int) -> Int { task % pieces }

  @inline(__always)
  func pixels(of task: Int) -> Range<Int> {
    let piece = piece(of: task)
    return pixels * piece / pieces..<pixels * (piece + 1) / pieces
  }
}
