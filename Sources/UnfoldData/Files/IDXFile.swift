/// An array in the IDX format of the MNIST files: two zero bytes, the element type, the number of axes, an extent of
/// 32 bits an axis, then the elements, all of it big-endian (LeCun, Cortes and Burges, "The MNIST database").
public struct IDXFile: Hashable, Sendable {
  /// The types that the third byte of the file can name.
  public enum ElementType: UInt8, Hashable, Sendable, CaseIterable {
    case unsignedByte = 0x08
    case signedByte = 0x09
    case short = 0x0b
    case int = 0x0c
    case float = 0x0d
    case double = 0x0e

    /// The bytes of one element.
    public var size: Int {
      switch self {
      case .unsignedByte, .signedByte: 1
      case .short: 2
      case .int, .float: 4
      case .double: 8
      }
    }
  }

  /// Where it was read from.
  public let path: String
  /// The type of the elements.
  public let elementType: ElementType
  /// One extent an axis, outermost first.
  public let extents: [Int]
  /// The elements as they lie in the file, row-major and big-endian.
  public let bytes: [UInt8]

  /// The number of elements.
  public var count: Int { bytes.count / elementType.size }

  /// Reads a file, plain or compressed by gzip.
  ///
  /// The size that the header claims is checked against the file before memory is taken for it.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The most bytes of elements to accept.
  /// - Throws: ``DataError`` for a file that is missing, unreadable, not in the format, too short, too long or damaged.
  public init(path: String, limit: Int = 1 << 32) throws(DataError) {
    let source = try ByteSource(path: path)
    let magic = try source.bytes(4)
    guard magic[0] == 0, magic[1] == 0 else {
      throw .malformed(
        path: path, field: "magic number", expected: "two zero bytes, an element type and a number of axes",
        found: hexadecimal(magic))
    }
    guard let elementType = ElementType(rawValue: magic[2]) else {
      let known = hexadecimal(ElementType.allCases.map(\.rawValue))
      throw .malformed(path: path, field: "element type", expected: "one of \(known)", found: hexadecimal([magic[2]]))
    }
    guard magic[3] > 0 else {
      throw .malformed(path: path, field: "number of axes", expected: "1 or more", found: "0")
    }
    let header = try source.bytes(4 * Int(magic[3]))
    let extents = stride(from: 0, to: header.count, by: 4).map { Int(bigEndian32(header, at: $0)) }

    var size = elementType.size
    for extent in extents {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      size = overflow ? .max : product
      // With an extent of zero the array is empty, even if the product of the others overflowed.
      if overflow && !extents.contains(0) {
        throw .tooLarge(path: path, claimed: "more than \(Int.max)", limit: limit)
      }
    }
    if extents.contains(0) { size = 0 }
    guard size <= limit else { throw .tooLarge(path: path, claimed: "\(size)", limit: limit) }
    guard size <= source.largestLength - source.position else {
      throw source.isCompressed
        ? .tooLarge(path: path, claimed: "\(size)", limit: source.largestLength - source.position)
        : .truncated(path: path, expected: source.position + size, found: source.largestLength)
    }
    bytes = try source.bytes(size)
    try source.expectEnd()
    self.path = path
    self.elementType = elementType
    self.extents = extents
  }

  /// The elements of any type, as numbers.
  ///
  /// - Complexity: O(`count`).
  public var values: [Double] {
    stride(from: 0, to: bytes.count, by: elementType.size).map { offset in
      switch elementType {
      case .unsignedByte: Double(bytes[offset])
      case .signedByte: Double(Int8(bitPattern: bytes[offset]))
      case .short: Double(Int16(truncatingIfNeeded: Int(bytes[offset]) << 8 | Int(bytes[offset + 1])))
      case .int: Double(Int32(bitPattern: bigEndian32(bytes, at: offset)))
      case .float: Double(Float(bitPattern: bigEndian32(bytes, at: offset)))
      case .double:
        Double(
          bitPattern: UInt64(bigEndian32(bytes, at: offset)) << 32 | UInt64(bigEndian32(bytes, at: offset + 4)))
      }
    }
  }
}

private func bigEndian32(_ bytes: [UInt8], at offset: Int) -> UInt32 {
  bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
}

/// Bytes as they are written in descriptions of file formats.
func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { "0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
