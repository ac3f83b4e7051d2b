/// An image in memory whose header has been read.
struct ImageDecoder {
  let bytes: UnsafeRawBufferPointer
  let name: String
  let header: ImageHeader

  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(ImageError) {
    guard let format = ImageFormat(firstBytes: bytes) else {
      throw .unknownFormat(path: name, found: firstBytesText(bytes))
    }
    self.bytes = bytes
    self.name = name
    header =
      switch format {
      case .jpeg: try JPEGDecoder(bytes, name: name).header
      case .png: try PNGDecoder(bytes: bytes, name: name).header()
      case .webP: try WebPDecoder(bytes: bytes, name: name).header()
      case .bmp: try BMPDecoder(bytes, name: name).header
      case .ppm: try PPMDecoder(bytes, name: name).header
      }
  }

  /// Decodes the pixels.
  ///
  /// - Parameters:
  ///   - options: Colour or grey, and the limit of pixels.
  ///   - smallestSize: The size of the upright image below which JPEG is not decoded, given the header.
  func decode(
    _ options: DecodingOptions, smallestSize: (ImageHeader) -> ImageSize?
  ) throws(ImageError) -> RasterImage {
    let (area, overflow) = header.height.multipliedReportingOverflow(by: header.width)
    guard !overflow, area <= options.pixelLimit else {
      throw .tooManyPixels(path: name, height: header.height, width: header.width, limit: options.pixelLimit)
    }
    let image: RasterImage =
      switch header.format {
      case .jpeg: try JPEGDecoder(bytes, name: name).decode(smallestSize: smallestSize(header))
      case .png: try PNGDecoder(bytes: bytes, name: name).decode()
      case .webP: try WebPDecoder(bytes: bytes, name: name).decode()
      case .bmp: try BMPDecoder(bytes, name: name).decode()
      case .ppm: try PPMDecoder(bytes, name: name).decode()
      }
    return image.upright(from: header.orientation).converted(to: options.mode)
  }
}
