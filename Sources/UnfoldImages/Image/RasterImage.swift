/// An image of bytes: one channel of grey, or red, green and blue, interleaved.
///
/// ```swift
/// let image = try RasterImage(decoding: bytes)
/// let small = try image.resized(height: 64, width: 64, filter: .bilinear)
/// ```
public struct RasterImage: Hashable, Sendable {
  /// The number of rows, 1 or more.
  public let height: Int
  /// The number of columns, 1 or more.
  public let width: Int
  /// 1 (grey) or 3 (red, green, blue).
  public let channels: Int
  /// `[height, width, channels]`, row-major, 0 to 255.
  public internal(set) var pixels: [UInt8]

  /// An image of the given pixels.
  ///
  /// - Parameters:
  ///   - height: The number of rows, 1 or more.
  ///   - width: The number of columns, 1 or more.
  ///   - channels: 1 or 3.
  ///   - pixels: `[height, width, channels]`, row-major.
  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for other extents or another number of bytes.
  public init(height: Int, width: Int, channels: Int, pixels: [UInt8]) throws(ImageError) {
    guard height >= 1, width >= 1, channels == 1 || channels == 3 else {
      throw .invalidArgument(
        name: "extents", expected: "1 or more rows and columns, and 1 or 3 channels",
        found: "\(height)x\(width)x\(channels)")
    }
    let (area, overflow) = height.multipliedReportingOverflow(by: width)
    let (count, second) = area.multipliedReportingOverflow(by: channels)
    guard !overflow, !second, pixels.count == count else {
      throw .invalidArgument(
        name: "pixels", expected: "\(height)x\(width)x\(channels) bytes", found: "\(pixels.count)")
    }
    self.init(unchecked: pixels, height: height, width: width, channels: channels)
  }

  init(unchecked pixels: [UInt8], height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
    self.pixels = pixels
  }

  /// An image of one colour.
  init(height: Int, width: Int, channels: Int, value: UInt8) {
    self.init(
      unchecked: [UInt8](repeating: value, count: height * width * channels), height: height, width: width,
      channels: channels)
  }

  /// An image whose pixels `body` writes: all of them.
  init(
    height: Int, width: Int, channels: Int, filling body: (UnsafeMutableBufferPointer<UInt8>) -> Void
  ) {
    let count = height * width * channels
    self.init(
      unchecked: [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        body(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initialized = count
      }, height: height, width: width, channels: channels)
  }

  /// The bytes of a row.
  var rowBytes: Int { width * channels }
}
