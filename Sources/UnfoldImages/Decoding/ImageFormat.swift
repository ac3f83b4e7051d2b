/// A format of images, recognised by the first bytes of a file, never by its name.
public enum ImageFormat: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case jpeg = "JPEG"
  case png = "PNG"
  case webP = "WebP"
  case bmp = "BMP"
  /// PBM, PGM and PPM, plain and binary.
  case ppm = "PPM"

  /// The bytes that ``init(firstBytes:)`` needs at most.
  public static let signatureLength = 16

  /// The format that begins with these bytes; nil for another.
  public init?<Bytes: Collection<UInt8>>(firstBytes bytes: Bytes) {
    let start = Array(bytes.prefix(Self.signatureLength))
    if start.starts(with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else if start.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .png
    } else if start.count >= 12, start.starts(with: Array("RIFF".utf8)), start[8..<12].elementsEqual("WEBP".utf8) {
      self = .webP
    } else if start.starts(with: Array("BM".utf8)) {
      self = .bmp
    } else if start.count >= 3, start[0] == 0x50, (0x31...0x36).contains(start[1]),
      isSpace(start[2]) || start[2] == 0x23
    {
      self = .ppm
    } else {
      return nil
    }
  }

  public var description: String { rawValue }
}

/// Whether a byte is white space in the text formats: space, tab, newline, vertical tab, form feed, carriage return.
func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

/// The first bytes of a file in words, for an error.
func firstBytesText(_ bytes: some Collection<UInt8>) -> String {
  guard !bytes.isEmpty else { return "an empty file" }
  let text = bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  return "a file that begins with \(text)"
}
