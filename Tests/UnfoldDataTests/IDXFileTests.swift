import Foundation
import Testing
import Unfold

@testable import UnfoldData

@Suite("IDX files")
struct IDXFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("plain and compressed files give the same array")
  func reads() throws {
    let elements = (0..<60).map { UInt8($0 * 4) }
    let bytes = idx([3, 4, 5], elements)
    for (name, content) in [("plain", bytes), ("packed.gz", gzip(bytes)), ("misleading-name", gzip(bytes, level: 0))] {
      let file = try IDXFile(path: folder.write(content, as: name))
      #expect(file.extents == [3, 4, 5])
      #expect(file.bytes == elements)
      #expect(file.elementType == .unsignedByte)
      #expect(file.count == 60)
    }
  }

  @Test("gzip members that follow one another are joined")
  func members() throws {
    let bytes = idx([40], (0..<40).map { UInt8($0) })
    let parts = [bytes[..<3], bytes[3..<3], bytes[3..<20], bytes[20...]]
    let file = try IDXFile(path: folder.write(parts.flatMap { gzip(Array($0)) }, as: "members.gz"))
    #expect(file.bytes == (0..<40).map { UInt8($0) })
  }

  @Test("zeros behind a member are padding, also before another and in any number")
  func padding() throws {
    let bytes = idx([40], (0..<40).map { UInt8($0) })
    let whole = gzip(bytes)
    // 65,536 bytes are read at a time.
    for count in [1, 7, 512, 65_536 - whole.count, 65_536 - whole.count + 1, 200_000] {
      let zeros = [UInt8](repeating: 0, count: count)
      let path = try folder.write(whole + zeros, as: "padded-\(count).gz")
      #expect(try IDXFile(path: path).bytes == (0..<40).map { UInt8($0) }, "\(count) zeros")
      let parts = gzip(Array(bytes[..<9])) + zeros + gzip(Array(bytes[9...])) + zeros
      #expect(try IDXFile(path: folder.write(parts, as: "parts-\(count).gz")).count == 40, "\(count) zeros")
      for garbage in [[1], [0x1f], Array("garbage".utf8)] as [[UInt8]] {
        let path = try folder.write(whole + zeros + garbage, as: "garbage-\(count)-\(garbage[0]).gz")
        #expect(throws: DataError.self, "\(count) zeros and \(garbage)") { try IDXFile(path: path) }
      }
    }
    // A file that is not compressed has no padding.
    let plain = try folder.write(bytes + [0], as: "plain")
    #expect(throws: DataError.trailingBytes(path: plain, expectedLength: 48)) { try IDXFile(path: plain) }
  }

  @Test("arrays larger than any buffer arrive whole")
  func large() throws {
    var generator = SeededGenerator(seed: 1)
    let elements = (0..<3_000_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    let bytes = idx([3000, 1000], elements)
    #expect(try IDXFile(path: folder.write(bytes, as: "large")).bytes == elements)
    #expect(try IDXFile(path: folder.write(gzip(bytes), as: "large.gz")).bytes == elements)
  }

  @Test("every element type is read, big-endian")
  func elementTypes() throws {
    func values(_ type: UInt8, _ elements: [UInt8], count: Int) throws -> [Double] {
      try IDXFile(path: folder.write(idx([count], elements, type: type), as: "typed")).values
    }
    #expect(try values(0x08, [0, 127, 255], count: 3) == [0, 127, 255])
    #expect(try values(0x09, [0, 127, 255, 128], count: 4) == [0, 127, -1, -128])
    #expect(try values(0x0b, [1, 2, 0xff, 0xfe], count: 2) == [258, -2])
    #expect(try values(0x0c, [0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff], count: 2) == [65536, -1])
    #expect(try values(0x0d, [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0], count: 2) == [1.5, -2])
    #expect(try values(0x0e, [0xbf, 0xe0, 0, 0, 0, 0, 0, 0], count: 1) == [-0.5])
  }

  @Test("an empty array is an array, also where another extent is huge")
  func empty() throws {
    #expect(try IDXFile(path: folder.write(idx([0], []), as: "empty")).values == [])
    let huge = 0xffff_ffff
    #expect(try IDXFile(path: folder.write(idx([huge, huge, huge, 0], []), as: "empty")).count == 0)
  }

  @Test("wrong headers are refused by name")
  func headers() throws {
    func error(_ bytes: [UInt8]) throws -> DataError? {
      let path = try folder.write(bytes, as: "wrong")
      return #expect(throws: DataError.self) { try IDXFile(path: path) }
    }
    let path = folder.path + "/wrong"
    let magic = "two zero bytes, an element type and a number of axes"
    #expect(
      try error([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0])
        == .malformed(path: path, field: "magic number", expected: magic, found: "0x89 0x50 0x4e 0x47"))
    #expect(
      try error([0, 0, 0x0a, 1, 0, 0, 0, 0])
        == .malformed(
          path: path, field: "element type", expected: "one of 0x08 0x09 0x0b 0x0c 0x0d 0x0e", found: "0x0a"))
    #expect(
      try error([0, 0, 8, 0])
        == .malformed(path: path, field: "number of axes", expected: "1 or more", found: "0"))
    #expect(try error([]) == .truncated(path: path, expected: 4, found: 0))
    #expect(try error([0, 0, 8, 255, 1]) == .truncated(path: path, expected: 4 + 4 * 255, found: 5))
    #expect(try error(idx([5], [1, 2, 3])) == .truncated(path: path, expected: 13, found: 11))
    #expect(try error(idx([2], [1, 2, 3])) == .trailingBytes(path: path, expectedLength: 10))
  }

  @Test("a false size claims no memory, plain or compressed")
  func forgedSizes() throws {
    let terabytes = idx([0x7fff_ffff, 1024], [1, 2, 3])
    let overflowing = idx([0x7fff_ffff, 0x7fff_ffff, 0x7fff_ffff], [1, 2, 3])
    let underTheLimit = idx([1 << 31], [UInt8](repeating: 7, count: 1000))
    for (index, bytes) in [terabytes, overflowing, underTheLimit, gzip(terabytes), gzip(underTheLimit)].enumerated() {
      let path = try folder.write(bytes, as: "forged")
      let error = #expect(throws: DataError.self, "case \(index)") { try IDXFile(path: path, limit: .max) }
      switch error {
      case .tooLarge, .truncated: break
      default: Issue.record("case \(index): \(String(describing: error))")
      }
    }
    // Within what the compression could hold, but not there: found out by reading.
    let zeros = gzip(idx([800_100], [UInt8](repeating: 0, count: 800_000)))
    let path = try folder.write(zeros, as: "forged")
    #expect(throws: DataError.truncated(path: path, expected: 800_108, found: 800_008)) { try IDXFile(path: path) }
    // A caller's limit comes before all else.
    let fine = try folder.write(idx([100], [UInt8](repeating: 0, count: 100)), as: "fine")
    #expect(throws: DataError.tooLarge(path: fine, claimed: "100", limit: 99)) { try IDXFile(path: fine, limit: 99) }
  }

  @Test("damage to a compressed file is found, its checksum and its end included")
  func damagedCompression() throws {
    let bytes = idx([1000], (0..<1000).map { UInt8(truncatingIfNeeded: $0 * $0) })
    let whole = gzip(bytes)
    var badChecksum = whole
    badChecksum[whole.count - 8] ^= 1
    var badLength = whole
    badLength[whole.count - 1] ^= 1
    for (name, content) in [
      ("checksum", badChecksum), ("length", badLength), ("trailing byte", whole + [1]),
      ("trailing text", whole + Array("garbage".utf8)), ("half a member", whole + whole.prefix(10)),
      ("only the magic", [0x1f, 0x8b]), ("trailing member of garbage", whole + gzip([1, 2, 3])),
    ] {
      let path = try folder.write(content, as: "damaged.gz")
      #expect(throws: DataError.self, "\(name)") { try IDXFile(path: path) }
    }
  }

  @Test("a file cut off anywhere is refused")
  func truncation() throws {
    let bytes = idx([4, 5], (0..<20).map { UInt8($0) })
    for content in [bytes, gzip(bytes), gzip(bytes, level: 0)] {
      for length in 0..<content.count {
        let path = try folder.write(Array(content.prefix(length)), as: "cut")
        #expect(throws: DataError.self, "\(length) of \(content.count) bytes") { try IDXFile(path: path) }
      }
    }
  }

  @Test("flipped bits give an error or an array that fits its extents, never a trap")
  func bitFlips() throws {
    var generator = SeededGenerator(seed: 2)
    let bytes = idx([2, 3, 4], (0..<24).map { UInt8($0 * 10) })
    var read = 0
    for content in [bytes, gzip(bytes)] {
      for index in 0..<2000 {
        var damaged = content
        for _ in 0..<generator.integer(in: 1...3) {
          damaged[generator.integer(in: 0...damaged.count - 1)] ^= 1 << UInt8(generator.integer(in: 0...7))
        }
        // A new name each: some file systems sync a file that is overwritten.
        let path = try folder.write(damaged, as: "flipped-\(content.count)-\(index)")
        do throws(DataError) {
          let file = try IDXFile(path: path)
          #expect(file.extents.reduce(1, *) == file.count)
          #expect(file.values.count == file.count)
          read += 1
        } catch {
          #expect(error.description.hasPrefix(path))
        }
      }
    }
    // Most flips in the plain file hit elements, which anything goes for.
    #expect(read > 500)
  }

  @Test("what is no regular file is refused by its kind")
  func kinds() throws {
    let missing = folder.path + "/missing"
    #expect(throws: DataError.notFound(path: missing, advice: "")) { try IDXFile(path: missing) }
    let within = try folder.write([1], as: "file") + "/within"
    #expect(throws: DataError.notFound(path: within, advice: "")) { try IDXFile(path: within) }
    #expect(throws: DataError.wrongKind(path: folder.path, expected: "a file", found: "a directory")) {
      try IDXFile(path: folder.path)
    }
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(
      throws: DataError.wrongKind(path: pipe, expected: "a regular file", found: "a device, pipe or socket")
    ) { try IDXFile(path: pipe) }
    #expect(throws: DataError.self) { try IDXFile(path: "/dev/zero") }
    if getuid() != 0 {
      let closed = try folder.write(idx([1], [1]), as: "closed")
      chmod(closed, 0)
      #expect(throws: DataError.unreadable(path: closed, reason: "Permission denied")) { try IDXFile(path: closed) }
    }
    let loop = folder.path + "/loop"
    #expect(symlink(loop, loop) == 0)
    #expect(throws: DataError.unreadable(path: loop, reason: String(cString: strerror(ELOOP)))) {
      try IDXFile(path: loop)
    }
  }
}
