/// A BMP file in memory: 1, 2, 4, 8, 16, 24 or 32 bits a pixel, with a palette or bit masks, rows from the bottom or from the
/// top. Run-length coding is not supported. Source: Microsoft, "Bitmap storage", and the header of OS/2 1.x.
struct BMPDecoder {
  private let bytes: UnsafeRawBufferPointer
  private let name: String
  let header: ImageHeader
  private let bits: Int
  private let isTopDown: Bool
  private let pixelStart: Int
  /// Blue, green, red of each colour.
  private var palette: [(UInt8, UInt8, UInt8)] = []
  /// The bits of red, green and blue in a pixel of 16 or 32 bits.
  private var masks: [BitMask] = []

  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(ImageError) {
    func damage(_ reason: String) -> ImageError { .damaged(path: name, format: .bmp, reason: reason) }
    guard bytes.count >= 26 else { throw damage("it ends within its header") }
    self.bytes = bytes
    self.name = name
    let headerSize = bytes.littleEndian(at: 14, 4)
    let isOld = headerSize == 12
    guard isOld || (40...1024).contains(headerSize) else { throw damage("a header of \(headerSize) bytes") }
    guard bytes.count >= 14 + headerSize else { throw damage("it ends within its header") }
    let width = isOld ? bytes.littleEndian(at: 18, 2) : Int(Int32(truncatingIfNeeded: bytes.littleEndian(at: 18, 4)))
    let height = isOld ? bytes.littleEndian(at: 20, 2) : Int(Int32(truncatingIfNeeded: bytes.littleEndian(at: 22, 4)))
    guard width > 0, height != 0 else { throw damage("\(height)x\(width) pixels") }
    header = ImageHeader(format: .bmp, height: abs(height), width: width)
    isTopDown = height < 0
    bits = bytes.littleEndian(at: isOld ? 24 : 28, 2)
    pixelStart = bytes.littleEndian(at: 10, 4)
    let compression = isOld ? 0 : bytes.littleEndian(at: 30, 4)
    guard [1, 2, 4, 8, 16, 24, 32].contains(bits) else { throw damage("\(bits) bits a pixel") }
    let hasMasks = compression == 3 || compression == 6
    guard compression == 0 || (hasMasks && (bits == 16 || bits == 32)) else {
      throw .unsupported(path: name, format: .bmp, feature: "compression \(compression)")
    }
    var paletteStart = 14 + headerSize
    if hasMasks {
      // Behind a header of 40 bytes, and within longer ones.
      guard bytes.count >= 66 else { throw damage("it ends within its masks") }
      masks = [54, 58, 62].map { BitMask(UInt32(bytes.littleEndian(at: $0, 4))) }
      if headerSize == 40 { paletteStart += 12 }
      guard masks.allSatisfy({ $0.maximum > 0 }) else { throw damage("a mask without bits") }
    } else if bits == 16 {
      masks = [0x7c00, 0x03e0, 0x001f].map(BitMask.init)
    }
    if bits <= 8 {
      let named = isOld ? 0 : bytes.littleEndian(at: 46, 4)
      let count = named == 0 ? 1 << bits : min(named, 1 << bits)
      let size = isOld ? 3 : 4
      guard paletteStart + count * size <= bytes.count else { throw damage("it ends within its palette") }
      palette = (0..<count).map {
        let entry = paletteStart + $0 * size
        return (bytes[entry], bytes[entry + 1], bytes[entry + 2])
      }
    }
  }

  func decode() throws(ImageError) -> RasterImage {
    let (height, width) = (header.height, header.width)
    // Rows are filled up to whole words of 4 bytes.
    let rowBytes = (width * bits + 31) / 32 * 4
    guard pixelStart <= bytes.count, rowBytes <= (bytes.count - pixelStart) / height else {
      throw .damaged(
        path: name, format: .bmp,
        reason: "expected \(height) rows of \(rowBytes) bytes from byte \(pixelStart) on, found \(bytes.count) bytes")
    }
    // As in Pillow, the colours of a palette decide whether an image is grey.
    let isGrey = !palette.isEmpty && palette.allSatisfy { $0.0 == $0.1 && $0.1 == $0.2 }
    var isInPalette = true
    let image = RasterImage(height: height, width: width, channels: isGrey ? 1 : 3) { target in
      var place = 0
      for y in 0..<height {
        let row = pixelStart + (isTopDown ? y : height - 1 - y) * rowBytes
        for x in 0..<width {
          guard let (blue, green, red) = pixel(x, row) else {
            isInPalette = false
            target.update(repeating: 0)
            return
          }
          if isGrey {
            target[place] = green
            place += 1
          } else {
            target[place] = red
            target[place + 1] = green
            target[place + 2] = blue
            place += 3
          }
        }
      }
    }
    guard isInPalette else {
      throw .damaged(path: name, format: .bmp, reason: "a pixel's number is outside of the palette of \(palette.count)")
    }
    return image
  }

  /// Blue, green and red; nil for a number that the palette does not have.
  private func pixel(_ x: Int, _ row: Int) -> (UInt8, UInt8, UInt8)? {
    if bits == 24 {
      let place = row + 3 * x
      return (bytes[place], bytes[place + 1], bytes[place + 2])
    }
    if bits >= 16 {
      let value = UInt32(bytes.littleEndian(at: row + x * bits / 8, bits / 8))
      if masks.isEmpty {
        return (UInt8(value & 255), UInt8(value >> 8 & 255), UInt8(value >> 16 & 255))
      }
      return (masks[2].byte(of: value), masks[1].byte(of: value), masks[0].byte(of: value))
    }
    // The leftmost pixel of a byte is in its upper bits.
    let bit = x * bits
    let number = Int(bytes[row + bit / 8]) >> (8 - bits - bit % 8) & (1 << bits - 1)
    return number < palette.count ? palette[number] : nil
  }
}

/// The bits of one colour within a pixel.
private struct BitMask {
  private let mask: UInt32
  private let shift: Int
  /// The largest value; 0 for a mask without bits.
  let maximum: UInt32

  init(_ mask: UInt32) {
    self.mask = mask
    shift = mask == 0 ? 0 : mask.trailingZeroBitCount
    maximum = mask >> UInt32(shift)
  }

  /// The value, scaled to 0 to 255 and rounded down.
  func byte(of pixel: UInt32) -> UInt8 {
    UInt8(clamping: UInt64((pixel & mask) >> UInt32(shift)) * 255 / UInt64(maximum))
  }
}

extension UnsafeRawBufferPointer {
  /// An unsigned number of `count` bytes, the lowest first.
  func littleEndian(at position: Int, _ count: Int) -> Int {
    var value = 0
    for byte in 0..<count { value |= Int(self[position + byte]) << (8 * byte) }
    return value
  }
}
