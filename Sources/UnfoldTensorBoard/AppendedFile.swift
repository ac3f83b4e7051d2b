import Glibc

/// A file that only grows, by pieces that are there as a whole or not at all.
struct AppendedFile: ~Copyable {
  let path: String
  private let descriptor: Int32
  private var length: off_t = 0

  /// Makes a file that was not there before. Nil if something has this name already.
  init?(creating path: String) throws(EventFileError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
    let code = errno
    self.path = path
    guard descriptor < 0 else { return }
    if code == EEXIST { return nil }
    throw .cannotCreate(path: path, reason: reason(code))
  }

  /// Opens what is there, such as a device.
  init(opening path: String) throws(EventFileError) {
    descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    let code = errno
    self.path = path
    guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: reason(code)) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Writes a piece. If that fails, the file is cut back to what it had, so that the piece can be written later.
  mutating func append(_ piece: [UInt8]) throws(EventFileError) {
    var code: Int32 = 0
    var written = 0
    piece.withUnsafeBytes { buffer in
      while written < buffer.count {
        let count = write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        if count > 0 {
          written += count
        } else if count == 0 || errno != EINTR {
          code = count == 0 ? ENOSPC : errno
          break
        }
      }
    }
    guard code == 0 else {
      if written > 0 { _ = ftruncate(descriptor, length) }
      throw .cannotWrite(path: path, reason: reason(code))
    }
    length += off_t(piece.count)
  }
}

/// Makes a folder and those above it, where they are missing.
func makeFolder(_ path: String) throws(EventFileError) {
  var folder = path.hasPrefix("/") ? "/" : ""
  for name in path.split(separator: "/") {
    folder += folder.isEmpty || folder == "/" ? String(name) : "/\(name)"
    if mkdir(folder, 0o777) == 0 { continue }
    let code = errno
    var status = stat()
    // Above a folder that exists, a file system that cannot be written answers with other codes than EEXIST.
    guard stat(folder, &status) == 0 else { throw .cannotCreate(path: folder, reason: reason(code)) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .cannotCreate(path: folder, reason: "expected a folder, found a file")
    }
  }
}

/// What the system says about an error number.
private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
