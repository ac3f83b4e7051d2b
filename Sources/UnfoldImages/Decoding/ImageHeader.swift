/// What the header of an image says, read without decoding pixels.
public struct ImageHeader: Hashable, Sendable {
  /// The format.
  public let format: ImageFormat
  /// The rows of the upright image.
  public let height: Int
  /// The columns of the upright image.
  public let width: Int
  /// How the pixels are stored.
  let orientation: Orientation

  init(format: ImageFormat, height: Int, width: Int, orientation: Orientation = .upright) {
    self.format = format
    (self.height, self.width) = orientation.swapsAxes ? (width, height) : (height, width)
    self.orientation = orientation
  }

  /// Reads the header of an image in memory.
  ///
  /// - Parameters:
  ///   - bytes: A JPEG, PNG, WebP, BMP or PPM file.
  ///   - name: What errors call the image.
  /// - Throws: ``ImageError`` for another format, and for a header that is damaged.
  public init(of bytes: [UInt8], name: String = "image") throws(ImageError) {
    self = try decodeBytes(bytes) { data throws(ImageError) in try ImageDecoder(data, name: name).header }
  }
}

/// Calls `body` with the bytes; typed errors pass, which `withUnsafeBytes` of arrays would not let them do.
func decodeBytes<Result>(
  _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(ImageError) -> Result
) throws(ImageError) -> Result {
  let result = bytes.withUnsafeBytes { data -> Swift.Result<Result, ImageError> in
    do throws(ImageError) { return .success(try body(data)) } catch { return .failure(error) }
  }
  return try result.get()
}
