import Testing

@testable import UnfoldTensorBoard

struct CRC32CTests {
  @Test(
    "the checksums of RFC 3720, appendix B.4",
    arguments: [
      ([UInt8](repeating: 0, count: 32), 0x8a91_36aa), ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
      (Array(0..<32), 0x46dd_794e), (Array((0..<32).reversed()), 0x113f_db5c), (Array("123456789".utf8), 0xe306_9283),
      ([], 0),
    ] as [([UInt8], UInt32)])
  func vectors(_ bytes: [UInt8], _ expected: UInt32) { #expect(CRC32C.checksum(bytes) == expected) }

  @Test("eight bytes a step are the same as single bits, from any address")
  func bits() {
    let data = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 3) }
    for start in 0..<9 {
      for count in [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 291] {
        var expected = ~UInt32(0)
        for byte in data[start..<start + count] {
          expected ^= UInt32(byte)
          for _ in 0..<8 { expected = expected & 1 == 1 ? expected >> 1 ^ 0x82f6_3b78 : expected >> 1 }
        }
        #expect(CRC32C.checksum(data[start..<start + count]) == ~expected, "\(count) bytes from \(start) on")
      }
    }
  }

  @Test("the mask rotates by 15 bits and adds the constant of TensorFlow")
  func masked() {
    // 0xe3069283 rotated to the right by 15 bits is 0x2507c60d; the sum wraps at 2^32.
    #expect(CRC32C.masked(Array("123456789".utf8)) == 0xc78a_b0e5)
  }
}
