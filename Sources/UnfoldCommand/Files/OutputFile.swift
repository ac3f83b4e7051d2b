import Glibc

/// A file that is written whole or not at all: into a temporary file beside it, which then takes its name. Whatever
/// was there before stays until that moment.
struct OutputFile {
  /// The path as the user gave it, for messages.
  let path: String
  /// Where it leads: a symbolic link stays a link, and the file behind it is replaced.
  private let target: String

  /// A file at `path`, which may exist. The directory is tried at once, so that a path that cannot be written to is
  /// reported before hours of work and not after.
  ///
  /// - Throws: ``CommandError/file(path:reason:)``.
  init(_ path: String) throws(CommandError) {
    guard !path.isEmpty else { throw .unexpected("output file", expected: "a path", found: "an empty one") }
    self.path = path
    target =
      realpath(path, nil).map { resolved in
        defer { free(resolved) }
        return String(cString: resolved)
      } ?? path
    var status = stat()
    if stat(target, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, reason: "exists and is no regular file") }
      guard access(target, W_OK) == 0 else { throw .file(path: path, reason: Self.reason(errno)) }
    }
    let probe = try makeTemporary()
    close(probe.descriptor)
    unlink(probe.path)
  }

  /// Replaces the file's content.
  ///
  /// - Throws: ``CommandError/file(path:reason:)``; then the file is as it was.
  func write(_ text: String) throws(CommandError) { try write(Array(text.utf8)) }

  /// Replaces the file's content.
  ///
  /// - Throws: ``CommandError/file(path:reason:)``; then the file is as it was.
  func write(_ bytes: [UInt8]) throws(CommandError) {
    let temporary = try makeTemporary()
    do throws(CommandError) {
      try fill(temporary.descriptor, bytes)
      guard rename(temporary.path, target) == 0 else { throw .file(path: path, reason: Self.reason(errno)) }
    } catch {
      unlink(temporary.path)
      throw error
    }
  }

  /// Writes, syncs and closes. `mkstemp` makes files for the owner alone; this one gets the usual permissions.
  private func fill(_ descriptor: Int32, _ bytes: [UInt8]) throws(CommandError) {
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw .file(path: path, reason: Self.reason(errno)) }
      rest = rest.dropFirst(written)
    }
    let mask = umask(0)
    umask(mask)
    guard fchmod(descriptor, 0o666 & ~mask) == 0, fsync(descriptor) == 0 else {
      throw .file(path: path, reason: Self.reason(errno))
    }
  }

  private func makeTemporary() throws(CommandError) -> (descriptor: Int32, path: String) {
    var template = Array("\(target).XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw .file(path: path, reason: Self.reason(errno)) }
    return (descriptor, String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  private static func reason(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}
