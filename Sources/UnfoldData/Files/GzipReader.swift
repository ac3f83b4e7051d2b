import CZlib

/// The decoded bytes of a gzip file (RFC 1952), as a stream. Checksums are verified; members that follow one another
/// are joined, as the format prescribes. Zeros behind a member are padding (tapes and block devices have whole blocks),
/// as for `gzip` and Python; other bytes that are no member are damage.
final class GzipReader {
  /// A deflate stream repeats at most 258 bytes in 2 bits (RFC 1951), so that no file decodes to more than this many
  /// times its own length.
  static let largestRatio = 258 * 8 / 2

  /// The two bytes that every member begins with.
  static let magic: [UInt8] = [0x1f, 0x8b]

  private let file: FileReader
  // On the heap, because zlib keeps the address and refuses a stream that has moved.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var decoded = 0
  private var finished = false

  init(_ file: FileReader) throws(DataError) {
    self.file = file
    input = .allocate(byteCount: 1 << 16, alignment: 16)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, plus 16: a gzip header and trailer, and nothing else.
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw .damagedCompression(path: file.path, reason: "zlib cannot start (\(status))")
    }
  }

  deinit {
    // For a stream that did not start, inflateEnd only returns an error.
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Fills `buffer` with the decoded bytes that follow, and returns their number; fewer than requested means the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    var filled = 0
    while filled < buffer.count, !finished {
      let room = min(buffer.count - filled, 1 << 30)
      stream.pointee.next_out = (start + filled).assumingMemoryBound(to: Bytef.self)
      stream.pointee.avail_out = uInt(room)
      try refill()
      let status = inflate(stream, Z_NO_FLUSH)
      let made = room - Int(stream.pointee.avail_out)
      filled += made
      decoded += made
      switch status {
      case Z_OK: break
      case Z_STREAM_END: try beginNextMember()
      case Z_BUF_ERROR where stream.pointee.avail_in == 0:
        // The input has ended within a member.
        throw .damagedCompression(path: file.path, reason: "it ends after \(decoded) decoded bytes")
      default: throw .damagedCompression(path: file.path, reason: message(status))
      }
    }
    return filled
  }

  private func refill() throws(DataError) {
    guard stream.pointee.avail_in == 0 else { return }
    stream.pointee.avail_in = uInt(try file.read(into: input))
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: Bytef.self)
  }

  private func beginNextMember() throws(DataError) {
    try refill()
    while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
      stream.pointee.next_in += 1
      stream.pointee.avail_in -= 1
      try refill()
    }
    guard stream.pointee.avail_in > 0 else {
      finished = true
      return
    }
    guard stream.pointee.next_in.pointee == Self.magic[0], inflateReset(stream) == Z_OK else {
      throw .damagedCompression(path: file.path, reason: "expected the end or another member, found other bytes")
    }
  }

  private func message(_ status: Int32) -> String {
    if let text = stream.pointee.msg { return String(cString: text) }
    return "zlib's status \(status)"
  }
}
