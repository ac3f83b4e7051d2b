import Glibc

/// A file on disk, read in pieces or replaced as a whole.
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

  /// Replaces the file at `path`, or makes it, in one step that either happens whole or not at all.
  ///
  /// - Parameters:
  ///   - path: The file, or a symbolic link to it.
  ///   - write: Writes the new contents to the descriptor that it is given.
  /// - Throws: ``ModelFileError``; nothing has changed then, except where only the final sync of the directory failed,
  ///   when the new file is in place but may not survive a power cut.
  static func replace(
    _ path: String, _ write: (_ descriptor: Int32) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    let target = try resolved(path)
    let (directory, name) = split(target)
    let (temporary, descriptor) = try makeTemporary(beside: name, in: directory)
    do throws(ModelFileError) {
      do throws(ModelFileError) {
        try write(descriptor)
        guard fsync(descriptor) == 0 else { throw .lastError("sync", path) }
      } catch {
        close(descriptor)
        throw error
      }
      guard close(descriptor) == 0 else { throw .lastError("close", path) }
      guard rename(temporary, target) == 0 else { throw .lastError("replace", path) }
    } catch {
      unlink(temporary)
      throw error
    }
    try syncDirectory(directory)
  }

  /// The path with symbolic links followed, so that a link is kept and the file that it names is replaced.
  private static func resolved(_ path: String) throws(ModelFileError) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw .lastError("write", path) }
      return path
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: path) }
    guard access(path, W_OK) == 0 else { throw .lastError("write", path) }
    guard let resolved = realpath(path, nil) else { throw .lastError("resolve", path) }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    return (directory, String(path[path.utf8.index(after: slash)...]))
  }

  private static func makeTemporary(beside name: String, in directory: String) throws(ModelFileError) -> (
    path: String, descriptor: Int32
  ) {
    guard !name.isEmpty else { throw .notARegularFile(path: directory) }
    for attempt in 0..<100 {
      // The name itself may be as long as the file system allows.
      let path = "\(directory)/.\(name.utf8.count < 200 ? name : "model").\(getpid()).\(attempt).tmp"
      // Not mkstemp, whose files only the owner may read.
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (path, descriptor) }
      guard errno == EEXIST else { throw .lastError("create a file in", directory) }
    }
    throw .system(operation: "create a file in", path: directory, message: "its temporary names are all taken")
  }

  /// Writes all of the bytes, however few the system takes at a time; `path` is for the error.
  static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(ModelFileError) {
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

  private static func syncDirectory(_ directory: String) throws(ModelFileError) {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .lastError("open", directory) }
    defer { close(descriptor) }
    // Some file systems have no directories to sync, and say so.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw .lastError("sync", directory) }
  }
}

extension ModelFileError {
  /// What `errno` says about an operation that has just failed.
  fileprivate static func lastError(_ operation: String, _ path: String) -> ModelFileError {
    let code = errno
    return .system(operation: operation, path: path, message: String(cString: strerror(code)))
  }
}
