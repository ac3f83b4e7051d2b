import Glibc

/// A file on disk that is read in pieces.
final class RegularFile {
  /// The size when it was opened.
  let byteCount: Int
  private let path: String
  private let descriptor: Int32

  /// Opens a file to be read.
  ///
  /// - Throws: ``ModelFileError`` where there is none, or it is a directory, pipe or device.
  init(reading path: String) throws(ModelFileError) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard opened >= 0 else { throw .lastError("open", path) }
    var status = stat()
    guard fstat(opened, &status) == 0 else {
      let error = ModelFileError.lastError("inspect", path)
      close(opened)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(opened)
      throw .notARegularFile(path: path)
    }
    descriptor = opened
    byteCount = Int(status.st_size)
    self.path = path
  }

  deinit { close(descriptor) }

  /// The next `count` bytes, fewer where the file ends.
  func read(_ count: Int) throws(ModelFileError) -> [UInt8] {
    var failure: ModelFileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, let base = buffer.baseAddress {
        let read = Glibc.read(descriptor, base + filled, count - filled)
        if read < 0, errno == EINTR { continue }
        if read < 0 { failure = .lastError("read", path) }
        guard read > 0 else { break }
        filled += read
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

extension ModelFileError {
  /// What `errno` says about an operation that has just failed.
  static func lastError(_ operation: String, _ path: String) -> ModelFileError {
    let code = errno
    return .system(operation: operation, path: path, message: String(cString: strerror(code)))
  }
}
