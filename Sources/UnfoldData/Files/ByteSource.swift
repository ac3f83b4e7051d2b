/// The bytes of a file, decoded if it is a gzip file. That is decided by its first two bytes, not by its name.
final class ByteSource {
  private enum Coding {
    case plain
    case gzip(GzipReader)
  }

  let path: String
  /// The most bytes that the source can give. Exact for a plain file; what the compression allows at best for gzip.
  let largestLength: Int
  /// Whether it is a gzip file.
  var isCompressed: Bool { if case .gzip = coding { true } else { false } }
  /// The bytes given so far.
  private(set) var position = 0

  private let file: FileReader
  private let coding: Coding

  init(path: String) throws(DataError) {
    self.path = path
    file = try FileReader(path: path)
    if file.peek(GzipReader.magic.count) == GzipReader.magic {
      coding = .gzip(try GzipReader(file))
      let (length, overflow) = file.length.multipliedReportingOverflow(by: GzipReader.largestRatio)
      largestLength = overflow ? .max : length
    } else {
      coding = .plain
      largestLength = file.length
    }
  }

  /// Fills `buffer` with the bytes that follow, and returns their number; fewer than requested means the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    let count =
      switch coding {
      case .plain: try file.read(into: buffer)
      case .gzip(let reader): try reader.read(into: buffer)
      }
    position += count
    return count
  }

  /// The next `count` bytes.
  ///
  /// Memory grows with the bytes that are read, so that a false `count` cannot allocate more than the file holds.
  ///
  /// - Throws: ``DataError/truncated(path:expected:found:)`` where there are fewer.
  func bytes(_ count: Int) throws(DataError) -> [UInt8] {
    let step = 1 << 20
    var result: [UInt8] = []
    result.reserveCapacity(min(count, step))
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, step), alignment: 16)
    defer { piece.deallocate() }
    while result.count < count {
      let wanted = min(count - result.count, step)
      let found = try read(into: UnsafeMutableRawBufferPointer(rebasing: piece[..<wanted]))
      result.append(contentsOf: piece[..<found])
      guard found == wanted else {
        throw .truncated(path: path, expected: position + count - result.count, found: position)
      }
    }
    return result
  }

  /// All bytes to the end, at most `limit`.
  func remainingBytes(limit: Int) throws(DataError) -> [UInt8] {
    var result: [UInt8] = []
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let found = try read(into: piece)
      result.append(contentsOf: piece[..<found])
      guard result.count <= limit else {
        throw .tooLarge(path: path, claimed: "more than \(limit)", limit: limit)
      }
      if found < piece.count { return result }
    }
  }

  /// Throws unless everything has been read; verifies the checksum of a gzip file.
  func expectEnd() throws(DataError) {
    let length = position
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
    defer { buffer.deallocate() }
    let found = try read(into: buffer)
    guard found == 0 else { throw .trailingBytes(path: path, expectedLength: length) }
  }
}
