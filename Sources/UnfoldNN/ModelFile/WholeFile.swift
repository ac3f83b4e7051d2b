import Glibc

/// A file that is written atomically: into a temporary file beside it, which is then renamed. Every file that Unfold
/// writes is written in this way.
///
/// A symbolic link stays a link, and the file behind it is written, also where there was none yet. A file that exists
/// keeps its permissions and, where the system allows it, its owner and group; a new one gets what the umask leaves.
/// Extended attributes are not kept, and another hard link to the old file stays with the old content.
package struct WholeFile: Sendable {
  /// The path as the user gave it, for messages.
  package let path: String

  /// What the names of temporary files begin with; the number of the process that made them follows.
  package static let temporaryPrefix = ".unfold-"

  package init(_ path: String) { self.path = path }

  /// Whether another path leads to the same file, existing or not, through links or as another spelling of the path.
  package func isSame(as other: String) -> Bool {
    guard let mine = (try? Target(path))?.place, let theirs = (try? Target(other))?.place else { return false }
    return mine == theirs
  }

  /// Checks that the file can be written, without changing anything, so that a bad path is reported before hours of
  /// work and not after.
  ///
  /// - Throws: ``ModelFileError``.
  package func rehearse() throws(ModelFileError) {
    let temporary = try Temporary(for: Target(path), path)
    close(temporary.descriptor)
    unlink(temporary.path)
  }

  /// Replaces the file's content, or makes the file.
  ///
  /// - Parameter write: Writes the content to the descriptor that it is given, see `write(_:to:)`.
  /// - Throws: ``ModelFileError``; nothing has changed then, except where only the final sync of the directory failed,
  ///   when the new file is in place but may not survive a power cut.
  package func replace(
    _ write: (_ descriptor: Int32) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    // Resolved now and not when the path was given: links and permissions may have changed since.
    let target = try Target(path)
    let temporary = try Temporary(for: target, path)
    do throws(ModelFileError) {
      do throws(ModelFileError) {
        try write(temporary.descriptor)
        guard fsync(temporary.descriptor) == 0 else { throw .lastError("sync", path) }
      } catch {
        close(temporary.descriptor)
        throw error
      }
      guard close(temporary.descriptor) == 0 else { throw .lastError("close", path) }
      guard rename(temporary.path, target.path) == 0 else { throw .lastError("replace", path) }
    } catch {
      unlink(temporary.path)
      throw error
    }
    try target.syncDirectory()
  }

  /// Writes all of the bytes, however few the system takes at a time.
  ///
  /// - Throws: ``ModelFileError``.
  package func write(_ bytes: [UInt8], to descriptor: Int32) throws(ModelFileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .lastError("write", path) }
      written += count
    }
  }
}

/// The target of a path after its symbolic links, and the file that is there.
private struct Target {
  let path: String
  let directory: String
  /// The status of the existing file, nil for a new one.
  let existing: stat?

  /// The file's identity; nil where its directory cannot be read.
  var place: FilePlace? {
    if let existing { return FilePlace(device: existing.st_dev, number: existing.st_ino, name: nil) }
    var folder = stat()
    guard stat(directory, &folder) == 0 else { return nil }
    return FilePlace(device: folder.st_dev, number: folder.st_ino, name: FileName(Self.split(path).name))
  }

  /// As many links as the kernel follows.
  private static let mostLinks = 40

  init(_ given: String) throws(ModelFileError) {
    var path = given
    for _ in 0...Self.mostLinks {
      let (directory, name) = Self.split(path)
      guard !path.isEmpty, !name.isEmpty else { throw .notARegularFile(path: given) }
      var status = stat()
      guard lstat(path, &status) == 0 else {
        guard errno == ENOENT else { throw .lastError("write", given) }
        (self.path, self.directory, existing) = (path, directory, nil)
        return
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG:
        guard access(path, W_OK) == 0 else { throw .lastError("write", given) }
        (self.path, self.directory, existing) = (path, directory, status)
        return
      case S_IFLNK:
        let link = try Self.destination(of: path, given)
        path = link.hasPrefix("/") ? link : "\(directory)/\(link)"
      default: throw .notARegularFile(path: given)
      }
    }
    throw .system(operation: "write", path: given, message: String(cString: strerror(ELOOP)))
  }

  /// Not `realpath`, which follows no link to a file that is still to be made.
  private static func destination(of link: String, _ given: String) throws(ModelFileError) -> String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &bytes, bytes.count)
    guard count >= 0 else { throw .lastError("follow", given) }
    guard let path = String(validating: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) else {
      throw .system(operation: "follow", path: given, message: "expected a link to a path in UTF-8, found other bytes")
    }
    return path
  }

  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    return (directory, String(path[path.utf8.index(after: slash)...]))
  }

  func syncDirectory() throws(ModelFileError) {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      // A directory may be writable and not readable.
      if errno == EACCES { return }
      throw .lastError("open", directory)
    }
    defer { close(descriptor) }
    // Some file systems have no directories to sync, and say so.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw .lastError("sync", directory) }
  }
}

/// A file, by its number; one that is still to be made by its folder's number and its name.
private struct FilePlace: Equatable {
  let device: dev_t
  let number: ino_t
  let name: FileName?
}

/// An empty file beside a target, with the target's permissions.
private struct Temporary {
  let path: String
  let descriptor: Int32

  private static let operation = "create a temporary file beside it"

  /// - Parameter given: The path of the target as the user gave it, for messages.
  init(for target: Target, _ given: String) throws(ModelFileError) {
    for attempt in 0..<100 {
      // A short name of its own: the file's own may be as long as the file system allows.
      let path = "\(target.directory)/\(WholeFile.temporaryPrefix)\(getpid())-\(attempt).tmp"
      // The replacement of a private file must never be readable by others, not even for a moment.
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, target.existing == nil ? 0o666 : 0o600)
      if descriptor >= 0 {
        (self.path, self.descriptor) = (path, descriptor)
        if let existing = target.existing { takeOver(existing) }
        return
      }
      guard errno == EEXIST else { throw .lastError(Self.operation, given) }
    }
    throw .system(operation: Self.operation, path: given, message: "all names for it are taken")
  }

  /// As far as the system allows it; where it refuses, the file has fewer permissions than the old one.
  private func takeOver(_ existing: stat) {
    var own = stat()
    guard fstat(descriptor, &own) == 0 else { return }
    // Owner and group, or at least the group, which a member of it may set.
    if (own.st_uid, own.st_gid) != (existing.st_uid, existing.st_gid),
      fchown(descriptor, existing.st_uid, existing.st_gid) != 0
    {
      _ = fchown(descriptor, uid_t.max, existing.st_gid)
    }
    fstat(descriptor, &own)
    var mode = existing.st_mode & 0o777
    // If the group is another one, it gets the permissions of others.
    if own.st_gid != existing.st_gid { mode = mode & 0o707 | (mode & 0o007) << 3 }
    fchmod(descriptor, mode)
  }
}
