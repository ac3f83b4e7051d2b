import Foundation
import UnfoldNN

/// A folder for results. It is made where it is missing, and checked at once, so that a folder that cannot be written
/// to is reported before hours of work and not after.
struct OutputFolder {
  /// The path as the user gave it.
  let path: String
  /// The folders of the path that were missing, the outermost first.
  private let made: [String]

  /// A folder at `path`, which may exist.
  ///
  /// - Throws: ``CommandError/file(path:reason:)`` where it cannot be made or no file can be made in it; then nothing
  ///   of the path is left that was not there before.
  init(_ path: String) throws(CommandError) {
    guard !path.isEmpty else { throw .usage("folder", expected: "a path", found: "an empty one") }
    self.path = path
    made = try Self.make(path)
    do {
      try requireRoom(1)
    } catch {
      removeIfUnused()
      throw error
    }
  }

  /// Throws unless `bytes` bytes can be written into the folder: they are reserved and released again.
  ///
  /// - Throws: ``CommandError/file(path:reason:)``.
  func requireRoom(_ bytes: Int) throws(CommandError) {
    var template = Array("\(path)/\(WholeFile.temporaryPrefix)\(getpid()).XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw .file(path: path, reason: "cannot be written to: \(Self.reason(errno))") }
    defer {
      close(descriptor)
      unlink(template)
    }
    // First the free space is checked, so that a disk that is too small is not filled by the reservation.
    var system = statvfs()
    let isTooSmall =
      fstatvfs(descriptor, &system) == 0 && Double(system.f_bavail) * Double(system.f_frsize) < Double(bytes)
    let status = isTooSmall ? ENOSPC : posix_fallocate(descriptor, 0, off_t(clamping: max(1, bytes)))
    // On file systems that cannot reserve, the space is unknown.
    guard ![ENOSPC, EDQUOT, EFBIG, EROFS, EIO].contains(status) else {
      let size = bytes < 1 << 16 ? "a file" : bytes.mebibyteText
      throw .file(path: path, reason: "no room for \(size): \(Self.reason(status))")
    }
  }

  /// Removes the temporary files of processes that were killed while they wrote: these may be large. For a folder that
  /// only one process writes to at a time; the files of processes that still run are left alone.
  func removeLeftovers() {
    for file in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      guard file.hasPrefix(WholeFile.temporaryPrefix),
        let process = pid_t(file.dropFirst(WholeFile.temporaryPrefix.count).prefix { $0.isNumber }),
        process == getpid() || (kill(process, 0) != 0 && errno == ESRCH)
      else { continue }
      unlink("\(path)/\(file)")
    }
  }

  /// Removes the folders that were made, those that are still empty.
  func removeIfUnused() {
    for folder in made.reversed() { rmdir(folder) }
  }

  /// Makes the folders of a path.
  ///
  /// - Returns: Those that were missing, the outermost first.
  private static func make(_ path: String) throws(CommandError) -> [String] {
    var made: [String] = []
    var status = stat()
    for end in path.indices.dropFirst().filter({ path[$0] == "/" }) + [path.endIndex] {
      let folder = String(path[..<end])
      if stat(folder, &status) == 0 { continue }
      guard mkdir(folder, 0o777) == 0 else {
        let reason = reason(errno)
        for folder in made.reversed() { rmdir(folder) }
        throw .file(path: path, reason: "cannot be made: \(reason)")
      }
      made.append(folder)
    }
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .file(path: path, reason: "cannot be made: another kind of file has its name")
    }
    return made
  }

  private static func reason(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}
