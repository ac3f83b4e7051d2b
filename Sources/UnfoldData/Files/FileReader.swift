import Glibc

/// A regular file that is open for reading, from its first byte to its last.
final class FileReader {
  let path: String
  /// The bytes that the file had when it was opened.
  let length: Int
  private let descriptor: Int32

  init(path: String) throws(DataError) {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer that may never come.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    let code = errno
    self.path = path
    guard descriptor >= 0 else {
      length = 0
      throw code == ENOENT || code == ENOTDIR
        ? .notFound(path: path, advice: "") : .unreadable(path: path, reason: Self.reason(code))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      length = 0
      throw .unreadable(path: path, reason: Self.reason(errno))
    }
    length = Int(status.st_size)
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .wrongKind(path: path, expected: "a file", found: "a directory")
    default: throw .wrongKind(path: path, expected: "a regular file", found: "a device, pipe or socket")
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Fills `buffer` with the bytes that follow, and returns their number; fewer than requested means the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    var filled = 0
    while filled < buffer.count {
      let count = Glibc.read(descriptor, start + filled, buffer.count - filled)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw .unreadable(path: path, reason: Self.reason(errno))
      }
      filled += count
    }
    return filled
  }

  /// The first bytes of the file, at most `count`, without moving on.
  func peek(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, found in
      found = max(pread(descriptor, buffer.baseAddress, count, 0), 0)
    }
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
