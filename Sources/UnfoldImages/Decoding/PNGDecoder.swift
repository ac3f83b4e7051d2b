import CImages

/// A PNG file in memory, decoded by libpng.
struct PNGDecoder {
  let bytes: UnsafeRawBufferPointer
  let name: String

  func header() throws(ImageError) -> ImageHeader {
    let header = try claim()
    return ImageHeader(format: .png, height: Int(header.height), width: Int(header.width))
  }

  func decode() throws(ImageError) -> RasterImage {
    let header = try claim()
    let (height, width, channels) = (Int(header.height), Int(header.width), Int(header.channels))
    // A deflate stream repeats at most 258 bytes in 2 bits, and a byte has at most 8 pixels: a header that claims
    // more lies, and is refused before memory is taken.
    guard height * width / (8 * 1032) <= bytes.count else {
      throw .damaged(path: name, format: .png, reason: "\(bytes.count) bytes cannot hold \(height)x\(width) pixels")
    }
    var message = Message()
    var status: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: height * width * channels) { buffer, count in
      status = message.withPointer { unfold_png_read_pixels(start, bytes.count, buffer.baseAddress, $0) }
      count = status == 0 ? height * width * channels : 0
    }
    guard status == 0 else { throw .damaged(path: name, format: .png, reason: message.text) }
    return RasterImage(unchecked: pixels, height: height, width: width, channels: channels)
  }

  private var start: UnsafePointer<UInt8>? { bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) }

  private func claim() throws(ImageError) -> unfold_png_header {
    var header = unfold_png_header()
    var message = Message()
    let status = message.withPointer { unfold_png_read_header(start, bytes.count, &header, $0) }
    guard status == 0 else { throw .damaged(path: name, format: .png, reason: message.text) }
    return header
  }

  /// Memory for libpng's message.
  private struct Message {
    private var characters = [CChar](repeating: 0, count: Int(UNFOLD_PNG_MESSAGE))

    mutating func withPointer(_ body: (UnsafeMutablePointer<CChar>?) -> Int32) -> Int32 {
      characters.withUnsafeMutableBufferPointer { body($0.baseAddress) }
    }

    var text: String { String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) }
  }
}
