/// An array of a `.npy` file (NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays").
struct NumPyArray {
  enum ElementType: String {
    case uint8 = "|u1"
    case int8 = "|i1"
    case uint16 = "<u2"
    case int16 = "<i2"
    case uint32 = "<u4"
    case int32 = "<i4"
    case uint64 = "<u8"
    case int64 = "<i8"
    case float32 = "<f4"

    var size: Int { Int(rawValue.suffix(1)) ?? 1 }
    var isSigned: Bool { rawValue.contains("i") }
  }

  /// The first bytes of a file.
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  let name: String
  let type: ElementType
  let shape: [Int]
  /// The number of elements.
  let count: Int
  private let bytes: [UInt8]
  private let start: Int

  init(_ bytes: [UInt8], name: String) throws(ImageError) {
    func malformed(_ field: String, _ expected: String, _ found: String) -> ImageError {
      .malformed(path: name, field: field, expected: expected, found: found)
    }
    guard bytes.starts(with: Self.magic), bytes.count >= 12 else {
      throw malformed("first bytes", "those of a .npy file", firstBytesText(bytes))
    }
    let isLong = bytes[6] >= 2
    let lengthBytes = isLong ? 4 : 2
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    start = 8 + lengthBytes + length
    guard start <= bytes.count else { throw malformed("header", "\(length) bytes", "\(bytes.count - 10)") }
    let header = String(decoding: bytes[8 + lengthBytes..<start], as: UTF8.self)
    guard let typeName = Self.text(of: "descr", in: header), let type = ElementType(rawValue: typeName) else {
      throw malformed(
        "type", "bytes, whole numbers or float32, little-endian", Self.text(of: "descr", in: header) ?? header)
    }
    guard !header.contains("'fortran_order': True") else {
      throw malformed("order", "rows first (C)", "columns first (Fortran)")
    }
    guard let shape = Self.shape(in: header) else { throw malformed("shape", "extents", header) }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw malformed("shape", "fewer elements", "\(shape)") }
      count = product
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: type.size)
    guard !overflow, size == bytes.count - start else {
      throw malformed("elements", "\(count) of \(type.size) bytes", "\(bytes.count - start) bytes")
    }
    self.name = name
    self.type = type
    self.shape = shape
    self.count = count
    self.bytes = bytes
  }

  /// A whole number; nil for a number that is none, or is out of range.
  func integer(_ index: Int) -> Int? {
    if type == .float32 { return Int(exactly: float(index)) }
    let word = word(index)
    guard type.isSigned else { return Int(exactly: word) }
    let unused = 64 - 8 * type.size
    return Int(Int64(bitPattern: word << UInt64(unused)) >> Int64(unused))
  }

  /// An element of a `float32` array.
  func float(_ index: Int) -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: word(index))) }

  /// Elements of a `uint8` array.
  func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[start + range.lowerBound..<start + range.upperBound] }

  private func word(_ index: Int) -> UInt64 {
    let place = start + index * type.size
    return (0..<type.size).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }

  /// The text behind a key of the header: `'descr': '<f4'`.
  private static func text(of key: String, in header: String) -> String? {
    let parts = header.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
    guard let place = parts.firstIndex(of: key), place + 2 < parts.count else { return nil }
    return parts[place + 2]
  }

  private static func shape(in header: String) -> [Int]? {
    let parts = header.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
    guard let place = parts.firstIndex(of: "shape"), place + 1 < parts.count,
      let open = parts[place + 1].firstIndex(of: "("), let close = parts[place + 1].firstIndex(of: ")"), open < close
    else { return nil }
    let inner = parts[place + 1][parts[place + 1].index(after: open)..<close]
    var shape: [Int] = []
    for field in inner.split(separator: ",") {
      let digits = field.filter { $0 != " " }
      if digits.isEmpty { continue }
      guard let extent = Int(digits), extent >= 0 else { return nil }
      shape.append(extent)
    }
    return shape
  }
}
