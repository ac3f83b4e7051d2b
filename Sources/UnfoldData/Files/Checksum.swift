import CZlib

/// A CRC-32 of data, which tells whether two sets of samples are the same, wherever they are stored.
///
/// Equal data have equal checksums; different data have different ones, but for one pair in four thousand millions. It
/// detects mistakes, not malice. Source: ISO 3309, by zlib.
public struct Checksum: Hashable, Sendable, CustomStringConvertible {
  /// The checksum of what has been added so far.
  public private(set) var value: UInt32 = 0

  /// The checksum of nothing.
  public init() {}

  /// Adds bytes behind those that were added before.
  ///
  /// - Complexity: O(bytes), about a gigabyte a second.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    // zlib counts in 32 bits.
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      value = UInt32(
        truncatingIfNeeded: crc32(
          uLong(value), piece.baseAddress?.assumingMemoryBound(to: Bytef.self), uInt(piece.count)))
      rest = rest.dropFirst(piece.count)
    }
  }

  /// Adds numbers, as 64 bits each.
  public mutating func add(_ numbers: [Int]) {
    numbers.map { Int64($0).littleEndian }.withUnsafeBytes { add($0) }
  }

  /// Eight hexadecimal digits.
  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension LabelledImages {
  /// The checksum of extents, pixels and labels.
  public var checksum: Checksum {
    var checksum = Checksum()
    checksum.add([count, height, width, channels])
    pixels.withUnsafeBytes { checksum.add($0) }
    labels.withUnsafeBytes { checksum.add($0) }
    return checksum
  }
}
