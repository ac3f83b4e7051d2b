import CZlib

/// The members of a ZIP file in memory, such as an `.npz` file: stored or deflated, below 4 GiB (PKWARE, "APPNOTE.TXT",
/// sections 4.3 and 4.4).
struct ZIPFile {
  /// The first bytes of a file that has members.
  static let magic: [UInt8] = [0x50, 0x4b, 0x03, 0x04]

  private struct Member {
    let method: Int
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    let headerOffset: Int
  }

  let path: String
  private let bytes: [UInt8]
  private var members: [String: Member] = [:]

  /// The names of the members, sorted.
  var names: [String] { members.keys.sorted(by: precedes) }

  init(_ bytes: [UInt8], path: String) throws(ImageError) {
    self.bytes = bytes
    self.path = path
    // The end record: 22 bytes and a comment of up to 65,535.
    guard bytes.count >= 22,
      let end = (max(0, bytes.count - 22 - 65_535)...bytes.count - 22).reversed().first(where: {
        bytes[$0] == 0x50 && bytes[$0 + 1] == 0x4b && bytes[$0 + 2] == 5 && bytes[$0 + 3] == 6
      })
    else { throw Self.malformed(path, "end", "the directory of a ZIP file", "none") }
    let count = number(end + 10, 2)
    var position = number(end + 16, 4)
    for index in 0..<count {
      guard position <= bytes.count - 46, number(position, 4) == 0x0201_4b50 else {
        throw Self.malformed(path, "directory", "\(count) members", "\(index)")
      }
      let nameLength = number(position + 28, 2)
      let next = position + 46 + nameLength + number(position + 30, 2) + number(position + 32, 2)
      guard next <= bytes.count else { throw Self.malformed(path, "directory", "\(count) members", "\(index)") }
      let name = String(decoding: bytes[position + 46..<position + 46 + nameLength], as: UTF8.self)
      members[name] = Member(
        method: number(position + 10, 2), checksum: UInt32(number(position + 16, 4)),
        compressedSize: number(position + 20, 4), size: number(position + 24, 4),
        headerOffset: number(position + 42, 4))
      position = next
    }
  }

  /// The bytes of a member; nil if there is none of this name.
  ///
  /// - Throws: ``ImageError/malformed(path:field:expected:found:)`` for one that is damaged, or of another method.
  func bytes(of name: String) throws(ImageError) -> [UInt8]? {
    guard let member = members[name] else { return nil }
    func damage(_ expected: String, _ found: String) -> ImageError { Self.malformed(path, name, expected, found) }
    let header = member.headerOffset
    guard header <= bytes.count - 30, number(header, 4) == 0x0403_4b50 else { throw damage("a header", "none") }
    let start = header + 30 + number(header + 26, 2) + number(header + 28, 2)
    guard start <= bytes.count, member.compressedSize <= bytes.count - start else {
      throw damage("\(member.compressedSize) bytes", "\(max(bytes.count - start, 0))")
    }
    let coded = bytes[start..<start + member.compressedSize]
    let result: [UInt8]
    switch member.method {
    case 0: result = Array(coded)
    case 8:
      // No deflate stream grows by more than 1,032 times: a size above that lies.
      guard member.size / 1032 <= coded.count else {
        throw damage("at most \(1032 * coded.count) bytes", "\(member.size)")
      }
      guard let inflated = inflated(coded, count: member.size) else { throw damage("a deflate stream", "damage") }
      result = inflated
    default: throw damage("stored or deflated bytes", "method \(member.method)")
    }
    guard result.count == member.size else { throw damage("\(member.size) bytes", "\(result.count)") }
    let checksum = result.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    guard checksum == member.checksum else { throw damage("checksum \(member.checksum)", "\(checksum)") }
    return result
  }

  private static func malformed(_ path: String, _ field: String, _ expected: String, _ found: String) -> ImageError {
    .malformed(path: path, field: field, expected: expected, found: found)
  }

  private func number(_ position: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
  }
}

/// The bytes of a deflate stream without header; nil if it is damaged, or has another number of them.
private func inflated(_ coded: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
  // On the heap, because zlib keeps the address.
  let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  stream.initialize(to: z_stream())
  defer { stream.deallocate() }
  guard inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
  defer { inflateEnd(stream) }
  var isComplete = false
  // Both sizes are below 4 GiB, which is what zlib counts to.
  let result = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
    coded.withUnsafeBufferPointer { source in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
      stream.pointee.avail_in = uInt(source.count)
      stream.pointee.next_out = target.baseAddress
      stream.pointee.avail_out = uInt(count)
      isComplete = inflate(stream, Z_FINISH) == Z_STREAM_END
    }
    filled = count - Int(stream.pointee.avail_out)
  }
  return isComplete && result.count == count ? result : nil
}
