/// The cyclic redundancy check CRC-32C (Castagnoli; RFC 3720, section 12.1), eight bytes a step.
///
/// The tables follow Kounavis and Berry, "Novel table lookup-based algorithms for high-performance CRC generation",
/// 2008: the table of a place holds what a byte contributes that so many bytes follow.
enum CRC32C {
  /// The generator polynomial with its bits reversed.
  private static let polynomial: UInt32 = 0x82f6_3b78

  /// Eight tables of 256 entries, one behind the other.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      tables[byte] = (0..<8).reduce(UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? polynomial : 0) }
    }
    for index in 256..<8 * 256 {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xff)]
    }
    return tables
  }()

  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.withContiguousStorageIfAvailable { checksum(UnsafeRawBufferPointer($0)) }
      ?? Array(bytes).withUnsafeBytes { checksum($0) }
  }

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var rest = ~UInt32(0)
      var place = 0
      while place + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)) ^ UInt64(rest)
        rest = 0
        for byte in 0..<8 {
          rest ^= tables[256 * (7 - byte) + Int(truncatingIfNeeded: word >> UInt64(8 * byte) & 0xff)]
        }
        place += 8
      }
      for byte in bytes[place...] { rest = rest >> 8 ^ tables[Int((rest ^ UInt32(byte)) & 0xff)] }
      return ~rest
    }
  }

  /// The checksum as a record holds it: rotated, and with a constant added.
  ///
  /// A checksum of data that hold their own checksum says little; the mask makes it another number.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let sum = checksum(bytes)
    return (sum >> 15 | sum << 17) &+ 0xa282_ead8
  }
}
