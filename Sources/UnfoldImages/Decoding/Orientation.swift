/// How a camera was held, as the EXIF tag 0x0112 of a file says: where the first row and column of the stored pixels
/// belong (CIPA DC-008, "Exchangeable image file format", section 4.6.4).
enum Orientation: Int, CaseIterable {
  /// The first row is the top, the first column is the left side.
  case upright = 1
  /// Top, right.
  case mirrored = 2
  /// Bottom, right.
  case upsideDown = 3
  /// Bottom, left.
  case mirroredUpsideDown = 4
  /// Left, top: the first row is the left side.
  case transposed = 5
  /// Right, top.
  case turnedLeft = 6
  /// Right, bottom.
  case transverse = 7
  /// Left, bottom.
  case turnedRight = 8

  /// Whether the stored rows are the columns of the upright image.
  var swapsAxes: Bool { rawValue >= 5 }

  /// The orientation that a JPEG file names; upright where it names none, or one that does not exist.
  ///
  /// - Complexity: O(segments before the first scan).
  init(jpeg bytes: UnsafeRawBufferPointer) {
    self = .upright
    var position = 2
    // A segment: 0xFF, a marker, and a length of 16 bits that counts itself.
    while position + 4 <= bytes.count, bytes[position] == 0xff {
      let marker = bytes[position + 1]
      if marker == 0xff {
        position += 1
        continue
      }
      // The pixels begin.
      if marker == 0xda || marker == 0xd9 { return }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      guard length >= 2, position + 2 + length <= bytes.count else { return }
      let segment = UnsafeRawBufferPointer(rebasing: bytes[position + 4..<position + 2 + length])
      if marker == 0xe1, segment.starts(with: Array("Exif\0\0".utf8)) {
        let tiff = TIFFDirectory(UnsafeRawBufferPointer(rebasing: segment[6...]))
        self = tiff?.short(tag: 0x0112).flatMap(Orientation.init) ?? .upright
        return
      }
      position += 2 + length
    }
  }
}

/// The first directory of a TIFF header, as EXIF data begin.
private struct TIFFDirectory {
  private let bytes: UnsafeRawBufferPointer
  private let isBigEndian: Bool
  private var start = 0

  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 8, bytes[0] == bytes[1], bytes[0] == 0x4d || bytes[0] == 0x49 else { return nil }
    self.bytes = bytes
    isBigEndian = bytes[0] == 0x4d
    guard number(at: 2, bytes: 2) == 42, let offset = number(at: 4, bytes: 4) else { return nil }
    start = offset
  }

  /// The value of an entry of type SHORT.
  func short(tag: Int) -> Int? {
    guard let count = number(at: start, bytes: 2) else { return nil }
    // An entry: tag, type, count, value, in 2, 2, 4 and 4 bytes.
    for entry in 0..<count {
      let place = start + 2 + 12 * entry
      guard let found = number(at: place, bytes: 2) else { return nil }
      if found == tag { return number(at: place + 2, bytes: 2) == 3 ? number(at: place + 8, bytes: 2) : nil }
    }
    return nil
  }

  private func number(at position: Int, bytes count: Int) -> Int? {
    guard position >= 0, position <= bytes.count - count else { return nil }
    let digits = bytes[position..<position + count]
    return (isBigEndian ? Array(digits) : digits.reversed()).reduce(0) { $0 << 8 | Int($1) }
  }
}
