/// How data become a record of a TFRecord file: the length, its checksum, the data, their checksum.
enum RecordFraming {
  /// The bytes that a record has beside its data.
  static let overhead = 16

  /// Appends a record to bytes of records.
  static func append(_ data: [UInt8], to records: inout [UInt8]) {
    let length = bytes(of: UInt64(data.count))
    records.append(contentsOf: length)
    records.append(contentsOf: bytes(of: CRC32C.masked(length)))
    records.append(contentsOf: data)
    records.append(contentsOf: bytes(of: CRC32C.masked(data)))
  }

  private static func bytes(of value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
