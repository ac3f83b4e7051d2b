import Glibc

/// A regular file that is open for reading, at any place and from any thread.
final class InputFile: Sendable {
  let path: String
  /// The bytes that it had when it was opened.
  let length: Int
  private let descriptor: Int32

  init(path: String) throws(ImageError) {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer that may never come.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    let code = errno
    self.path = path
    guard descriptor >= 0 else {
      length = 0
      throw fileError(path, code)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      length = 0
      throw fileError(path, errno)
    }
    length = Int(status.st_size)
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw .wrongKind(path: path, expected: "a file", found: isFolder ? "a directory" : "a device, pipe or socket")
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The bytes from a place on: `count` of them, or fewer where the file ends.
  func bytes(at offset: Int, count: Int) throws(ImageError) -> [UInt8] {
    let wanted = max(min(count, length - offset), 0)
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted, let start = buffer.baseAddress {
        let found = pread(descriptor, start + filled, wanted - filled, off_t(offset + filled))
        if found == 0 { break }
        if found < 0 {
          if errno == EINTR { continue }
          code = errno
          break
        }
        filled += found
      }
    }
    guard code == 0 else { throw fileError(path, code) }
    return bytes
  }

  /// All bytes.
  func bytes() throws(ImageError) -> [UInt8] { try bytes(at: 0, count: length) }
}

/// The error of a system call for a path.
func fileError(_ path: String, _ code: Int32) -> ImageError {
  code == ENOENT || code == ENOTDIR
    ? .notFound(path: path) : .unreadable(path: path, reason: String(cString: strerror(code)))
}
