import CWebP

/// A WebP file in memory, decoded by libwebp: lossy or lossless, one frame.
struct WebPDecoder {
  let bytes: UnsafeRawBufferPointer
  let name: String

  func header() throws(ImageError) -> ImageHeader {
    var features = WebPBitstreamFeatures()
    let status = WebPGetFeatures(start, bytes.count, &features)
    guard status == VP8_STATUS_OK else { throw damage(status) }
    guard features.has_animation == 0 else {
      throw .unsupported(path: name, format: .webP, feature: "an animation")
    }
    return ImageHeader(format: .webP, height: Int(features.height), width: Int(features.width))
  }

  func decode() throws(ImageError) -> RasterImage {
    let header = try header()
    let count = header.height * header.width * 3
    var isComplete = false
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      isComplete =
        WebPDecodeRGBInto(start, bytes.count, buffer.baseAddress, count, Int32(header.width * 3)) != nil
      initialized = isComplete ? count : 0
    }
    guard isComplete else {
      throw .damaged(path: name, format: .webP, reason: "its pixels are truncated or not in the format")
    }
    return RasterImage(unchecked: pixels, height: header.height, width: header.width, channels: 3)
  }

  private var start: UnsafePointer<UInt8>? { bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) }

  private func damage(_ status: VP8StatusCode) -> ImageError {
    let reason =
      switch status {
      case VP8_STATUS_NOT_ENOUGH_DATA: "it ends within its header"
      case VP8_STATUS_BITSTREAM_ERROR: "its header is not in the format"
      default: "libwebp's status \(status.rawValue)"
      }
    return .damaged(path: name, format: .webP, reason: reason)
  }
}
