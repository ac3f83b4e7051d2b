import CPNG
import Foundation

@testable import UnfoldCommand

/// What libpng reads from a file: the judge of what is written.
struct DecodedPNG {
  struct Malformed: Error { let reason: String }

  let height: Int
  let width: Int
  let channels: Int
  let pixels: [UInt8]

  init(_ file: some Collection<UInt8>) throws {
    var image = png_image()
    defer { png_image_free(&image) }
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    // libpng reads the file's memory again when it reads the pixels.
    pixels = try Array(file).withUnsafeBytes { bytes in
      guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0,
        image.format & ~png_uint_32(PNG_FORMAT_FLAG_COLOR) == 0
      else { throw Malformed(reason: "\(bytes.count) bytes, format \(image.format)") }
      let channels = image.format == 0 ? 1 : 3
      var pixels = [UInt8](repeating: 0, count: Int(image.height) * Int(image.width) * channels)
      guard png_image_finish_read(&image, nil, &pixels, 0, nil) != 0 else { throw Malformed(reason: "no pixels") }
      return pixels
    }
    (height, width) = (Int(image.height), Int(image.width))
    channels = image.format == 0 ? 1 : 3
  }

  /// The picture that an `image` element of SVG holds.
  init(dataURL: String) throws {
    let prefix = "data:image/png;base64,"
    guard dataURL.hasPrefix(prefix), let data = Data(base64Encoded: String(dataURL.dropFirst(prefix.count))) else {
      throw Malformed(reason: String(dataURL.prefix(40)))
    }
    try self.init(data)
  }

  /// Height, width and channels.
  var size: [Int] { [height, width, channels] }

  /// Red, green and blue.
  subscript(y: Int, x: Int) -> [UInt8] {
    let first = (y * width + x) * channels
    return channels == 3 ? Array(pixels[first..<first + 3]) : [UInt8](repeating: pixels[first], count: 3)
  }
}

extension PixelImage {
  /// Height, width and channels.
  var size: [Int] { [height, width, channels] }
}
