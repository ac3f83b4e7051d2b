import Testing

@testable import UnfoldTensorBoard

/// Bytes computed by hand from Google's "Protocol Buffers: Encoding".
struct ProtobufMessageTests {
  @Test("integers")
  func integers() {
    // 150 is the example of the document: 08 96 01.
    #expect(ProtobufMessage { $0.integer(1, 150) }.bytes == [0x08, 0x96, 0x01])
    #expect(ProtobufMessage { $0.integer(1, 0) }.bytes == [0x08, 0x00])
    #expect(ProtobufMessage { $0.integer(2, 127) }.bytes == [0x10, 0x7f])
    #expect(ProtobufMessage { $0.integer(2, 128) }.bytes == [0x10, 0x80, 0x01])
    #expect(ProtobufMessage { $0.integer(1, -2) }.bytes == [0x08, 0xfe] + [UInt8](repeating: 0xff, count: 8) + [0x01])
    #expect(ProtobufMessage { $0.unsigned(1, .max) }.bytes == [0x08] + [UInt8](repeating: 0xff, count: 9) + [0x01])
    #expect(ProtobufMessage { $0.boolean(16, true) }.bytes == [0x80, 0x01, 0x01])
  }

  @Test("numbers")
  func numbers() {
    #expect(ProtobufMessage { $0.float(2, 1.5) }.bytes == [0x15, 0x00, 0x00, 0xc0, 0x3f])
    #expect(ProtobufMessage { $0.double(1, -2) }.bytes == [0x09, 0, 0, 0, 0, 0, 0, 0, 0xc0])
  }

  @Test("texts, bytes and messages")
  func delimited() {
    #expect(ProtobufMessage { $0.string(2, "testing") }.bytes == [0x12, 0x07] + Array("testing".utf8))
    #expect(ProtobufMessage { $0.string(2, "ä") }.bytes == [0x12, 0x02, 0xc3, 0xa4])
    #expect(ProtobufMessage { $0.bytes(3, []) }.bytes == [0x1a, 0x00])
    let long = ProtobufMessage { $0.bytes(3, [UInt8](repeating: 7, count: 300)) }
    #expect(long.bytes == [0x1a, 0xac, 0x02] + [UInt8](repeating: 7, count: 300))
    let nested = ProtobufMessage { message in message.message(3) { $0.integer(1, 150) } }
    #expect(nested.bytes == [0x1a, 0x03, 0x08, 0x96, 0x01])
    #expect(ProtobufMessage { message in message.message(2) { _ in } }.bytes == [0x12, 0x00])
  }

  @Test("packed fields")
  func packed() {
    #expect(
      ProtobufMessage { $0.packedIntegers(6, [3, 270, 86942]) }.bytes
        == [0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05])
    #expect(
      ProtobufMessage { $0.packedDoubles(6, [1, 2]) }.bytes
        == [0x32, 0x10, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40])
    #expect(ProtobufMessage { $0.packedFloats(4, [1]) }.bytes == [0x22, 0x04, 0, 0, 0x80, 0x3f])
    #expect(ProtobufMessage { $0.packedDoubles(6, []) }.bytes == [0x32, 0x00])
  }
}
