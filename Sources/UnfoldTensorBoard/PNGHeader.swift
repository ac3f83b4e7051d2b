/// The extents and the channels that the header of a PNG file says (W3C, "Portable Network Graphics", section 11.2.2).
struct PNGHeader {
  let height: Int
  let width: Int
  /// 1 for grey, 3 for colour or a palette, and one more with transparency.
  let channels: Int

  private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  init(_ bytes: [UInt8]) throws(EventFileError) {
    guard bytes.count >= 33, bytes.starts(with: Self.signature), bytes[12..<16].elementsEqual("IHDR".utf8) else {
      let first = bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
      throw .invalidArgument(
        name: "png", expected: "the bytes of a PNG file",
        found: "\(bytes.count) bytes" + (first.isEmpty ? "" : ": \(first)"))
    }
    func extent(_ name: String, _ place: Int) throws(EventFileError) -> Int {
      let extent = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard extent > 0, extent <= Int32.max else {
        throw .invalidArgument(name: "png, \(name)", expected: "1 to \(Int32.max)", found: "\(extent)")
      }
      return extent
    }
    width = try extent("width", 16)
    height = try extent("height", 20)
    switch bytes[25] {
    case 0: channels = 1
    case 2, 3: channels = 3
    case 4: channels = 2
    case 6: channels = 4
    case let type:
      throw .invalidArgument(name: "png, colour type", expected: "0, 2, 3, 4 or 6", found: "\(type)")
    }
  }
}
