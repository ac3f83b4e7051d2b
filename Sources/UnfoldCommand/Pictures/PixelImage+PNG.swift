import CPNG

extension PixelImage {
  /// The image as a PNG file, 8 bits a channel.
  ///
  /// Written by libpng's simplified functions: the others report errors with `longjmp`, which must not leap over Swift's
  /// frames.
  ///
  /// - Throws: ``CommandError/unexpected(_:expected:found:)`` for an image without pixels or too large for the format.
  func png() throws(CommandError) -> [UInt8] {
    var image = png_image()
    defer { png_image_free(&image) }
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.format = channels == 3 ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0
    guard let height = png_uint_32(exactly: height), let width = png_uint_32(exactly: width) else {
      throw refused("sides that are too long")
    }
    (image.height, image.width) = (height, width)
    // Once for the size and once for the bytes.
    var size: png_alloc_size_t = 0
    guard png_image_write_to_memory(&image, nil, &size, 0, pixels, 0, nil) != 0 else { throw refused(image.text) }
    var file = [UInt8](repeating: 0, count: Int(size))
    guard png_image_write_to_memory(&image, &file, &size, 0, pixels, 0, nil) != 0 else { throw refused(image.text) }
    return Array(file.prefix(Int(size)))
  }

  private func refused(_ reason: String) -> CommandError {
    .unexpected("PNG of \(width) x \(height) pixels", expected: "an image that libpng writes", found: reason)
  }
}

extension png_image {
  /// What libpng complains about.
  fileprivate var text: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
