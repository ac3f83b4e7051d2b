import Testing
import UnfoldData

@Suite struct ChecksumTests {
  @Test func theCheckValueOfTheStandardIsFound() {
    // "123456789" has CRC-32 cbf43926 (ISO 3309, and every catalogue of checksums).
    var checksum = Checksum()
    Array("123456789".utf8).withUnsafeBytes { checksum.add($0) }
    #expect("\(checksum)" == "cbf43926")
    var pieces = Checksum()
    for piece in ["1234", "", "56789"] { Array(piece.utf8).withUnsafeBytes { pieces.add($0) } }
    #expect(pieces == checksum)
    #expect("\(Checksum())" == "00000000")
  }

  @Test func everyPartOfImagesCounts() throws {
    func images(_ pixels: [UInt8] = [1, 2, 3, 4], _ labels: [UInt8] = [0], _ height: Int = 2, _ width: Int = 2) throws
      -> Checksum
    {
      try LabelledImages(pixels: pixels, labels: labels, height: height, width: width).checksum
    }
    let all = [
      try images(), try images([1, 2, 3, 5]), try images([1, 2, 3, 4], [1]), try images([1, 2, 3, 4], [0], 1, 4),
      try images([1, 2, 3, 4], [0, 0], 1, 2),
    ]
    #expect(Set(all).count == all.count)
    #expect(try images() == all[0])
  }
}
