/// A PBM, PGM or PPM file in memory, as text (P1, P2, P3) or as bytes (P4, P5, P6).
///
/// Source: Netpbm, "ppm" and its relatives. Values are scaled to 0 to 255 by `round(255 value / maximum)`, ties to even.
struct PPMDecoder {
  private let bytes: UnsafeRawBufferPointer
  private let name: String
  let header: ImageHeader
  private let channels: Int
  private let kind: UInt8
  private let maximum: Int
  private let pixelStart: Int

  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(ImageError) {
    guard bytes.count >= 3 else { throw .damaged(path: name, format: .ppm, reason: "it ends within its header") }
    self.bytes = bytes
    self.name = name
    // "1" to "6".
    kind = bytes[1] & 0x0f
    channels = kind == 3 || kind == 6 ? 3 : 1
    let isBitmap = kind == 1 || kind == 4
    var text = NumberText(bytes: bytes, position: 2)
    let width = text.next(limit: Int(Int32.max))
    let height = text.next(limit: Int(Int32.max))
    let maximum = isBitmap ? 1 : text.next(limit: 65_535)
    guard let width, let height, let maximum, width > 0, height > 0, maximum > 0 else {
      throw .damaged(path: name, format: .ppm, reason: "its header has no width, height and maximum of 1 or more")
    }
    self.maximum = maximum
    // One byte of white space ends the header.
    pixelStart = text.position + (kind >= 4 ? 1 : 0)
    header = ImageHeader(format: .ppm, height: height, width: width)
  }

  func decode() throws(ImageError) -> RasterImage {
    let (height, width) = (header.height, header.width)
    let rowBytes = kind == 4 ? (width + 7) / 8 : width * channels * (maximum > 255 ? 2 : 1)
    // Numbers as text take a digit and a space, those of a bitmap only a digit.
    let least = kind >= 4 ? rowBytes : kind == 1 ? width : 2 * width * channels
    guard pixelStart <= bytes.count, least <= (bytes.count - pixelStart + 1) / height,
      kind < 4 || rowBytes * height <= bytes.count - pixelStart
    else {
      throw .damaged(
        path: name, format: .ppm,
        reason: "expected \(height)x\(width)x\(channels) values, found \(bytes.count - pixelStart) bytes")
    }
    let bytesOfValue = (0...maximum).map { UInt8((Double($0) / Double(maximum) * 255).rounded(.toNearestOrEven)) }
    var isComplete = true
    let image = RasterImage(height: height, width: width, channels: channels) { target in
      isComplete = kind < 4 ? readText(into: target, bytesOfValue) : readBytes(into: target, bytesOfValue, rowBytes)
    }
    guard isComplete else {
      throw .damaged(
        path: name, format: .ppm, reason: "a value is missing, is not a number, or is above \(maximum)")
    }
    return image
  }

  private func readText(into target: UnsafeMutableBufferPointer<UInt8>, _ bytesOfValue: [UInt8]) -> Bool {
    target.initialize(repeating: 0)
    var text = NumberText(bytes: bytes, position: pixelStart)
    for place in target.indices {
      guard let value = kind == 1 ? text.nextDigit() : text.next(limit: maximum), value <= maximum else { return false }
      // In a bitmap, 1 is black.
      target[place] = kind == 1 ? (value == 1 ? 0 : 255) : bytesOfValue[value]
    }
    return true
  }

  private func readBytes(
    into target: UnsafeMutableBufferPointer<UInt8>, _ bytesOfValue: [UInt8], _ rowBytes: Int
  ) -> Bool {
    if kind == 4 {
      for y in 0..<header.height {
        for x in 0..<header.width {
          let bit = bytes[pixelStart + y * rowBytes + x / 8] >> UInt8(7 - x % 8) & 1
          target[y * header.width + x] = bit == 1 ? 0 : 255
        }
      }
      return true
    }
    target.initialize(repeating: 0)
    for place in target.indices {
      let value =
        maximum > 255
        ? Int(bytes[pixelStart + 2 * place]) << 8 | Int(bytes[pixelStart + 2 * place + 1])
        : Int(bytes[pixelStart + place])
      guard value <= maximum else { return false }
      target[place] = bytesOfValue[value]
    }
    return true
  }
}

/// Numbers in a text with white space and comments between them.
private struct NumberText {
  let bytes: UnsafeRawBufferPointer
  var position: Int

  /// The next number; nil at the end, for something else, and above the limit.
  mutating func next(limit: Int) -> Int? {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      value = value * 10 + Int(bytes[position] - 0x30)
      guard value <= limit else { return nil }
      position += 1
    }
    guard position > start, position == bytes.count || isSpace(bytes[position]) || bytes[position] == 0x23 else {
      return nil
    }
    return value
  }

  /// The next 0 or 1; they need no space between them.
  mutating func nextDigit() -> Int? {
    skipSpace()
    guard position < bytes.count, bytes[position] == 0x30 || bytes[position] == 0x31 else { return nil }
    position += 1
    return Int(bytes[position - 1] - 0x30)
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      if bytes[position] == 0x23 {
        while position < bytes.count, bytes[position] != 10 { position += 1 }
      } else if isSpace(bytes[position]) {
        position += 1
      } else {
        return
      }
    }
  }
}
