import Glibc

/// A regular file that is read whole.
struct InputFile {
  let path: String

  init(_ path: String) { self.path = path }

  /// - Throws: ``CommandError/file(path:reason:)`` where it cannot be read or is no regular file.
  func bytes() throws(CommandError) -> [UInt8] {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer that may never come.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .file(path: path, reason: Self.reason(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .file(path: path, reason: Self.reason(errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, reason: "is no regular file") }

    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .file(path: path, reason: Self.reason(errno)) }
      bytes += piece[..<count]
    }
  }

  /// - Throws: As ``bytes()``, and for bytes that are no UTF-8, which would not survive being text.
  func text() throws(CommandError) -> String {
    guard let text = String(validating: try bytes(), as: UTF8.self) else {
      throw .file(path: path, reason: "expected UTF-8, found other bytes")
    }
    return text
  }

  private static func reason(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}
