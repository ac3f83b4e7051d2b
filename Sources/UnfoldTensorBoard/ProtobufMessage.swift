/// The bytes of a protocol buffer message, written field by field (Google, "Protocol Buffers: Encoding").
///
/// A field is written whatever its value is, zero too: where the schema has a default, the caller leaves the field out.
/// Fields are best written in the order of their numbers, and the keys of a map sorted, so that equal messages have
/// equal bytes.
package struct ProtobufMessage: Sendable {
  /// How the value of a field is laid out; the low three bits of its key.
  private enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case fixed32 = 5
  }

  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// A message that `body` writes.
  package init(_ body: (inout ProtobufMessage) -> Void) { body(&self) }

  /// A field of type `int32`, `int64` or an enumeration. A negative value takes ten bytes.
  package mutating func integer(_ field: Int, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A field of type `uint32` or `uint64`.
  package mutating func unsigned(_ field: Int, _ value: UInt64) {
    key(field, .varint)
    varint(value)
  }

  /// A field of type `bool`.
  package mutating func boolean(_ field: Int, _ value: Bool) { unsigned(field, value ? 1 : 0) }

  /// A field of type `float`.
  package mutating func float(_ field: Int, _ value: Float) {
    key(field, .fixed32)
    littleEndian(value.bitPattern)
  }

  /// A field of type `double`.
  package mutating func double(_ field: Int, _ value: Double) {
    key(field, .fixed64)
    littleEndian(value.bitPattern)
  }

  /// A field of type `string`.
  package mutating func string(_ field: Int, _ value: String) { delimited(field, value.utf8) }

  /// A field of type `bytes`.
  package mutating func bytes(_ field: Int, _ value: some Collection<UInt8>) { delimited(field, value) }

  /// A field that is a message of its own.
  package mutating func message(_ field: Int, _ value: ProtobufMessage) { delimited(field, value.bytes) }

  /// A field that is a message of its own, which `body` writes.
  package mutating func message(_ field: Int, _ body: (inout ProtobufMessage) -> Void) {
    message(field, ProtobufMessage(body))
  }

  /// A field of type `repeated double`, packed.
  package mutating func packedDoubles(_ field: Int, _ values: some Collection<Double>) {
    key(field, .delimited)
    varint(UInt64(8 * values.count))
    for value in values { littleEndian(value.bitPattern) }
  }

  /// A field of type `repeated float`, packed.
  package mutating func packedFloats(_ field: Int, _ values: some Collection<Float>) {
    key(field, .delimited)
    varint(UInt64(4 * values.count))
    for value in values { littleEndian(value.bitPattern) }
  }

  /// A field of type `repeated int32` or `repeated int64`, packed.
  package mutating func packedIntegers(_ field: Int, _ values: some Sequence<Int>) {
    var packed = ProtobufMessage()
    for value in values { packed.varint(UInt64(bitPattern: Int64(value))) }
    message(field, packed)
  }

  private mutating func delimited(_ field: Int, _ value: some Collection<UInt8>) {
    key(field, .delimited)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  private mutating func key(_ field: Int, _ type: WireType) { varint(UInt64(field) << 3 | type.rawValue) }

  /// Seven bits a byte, the lowest first; the top bit of a byte says that another follows.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private mutating func littleEndian(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
