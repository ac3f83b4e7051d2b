import Glibc

/// A folder that is held by one process at a time. The system gives it free when the process ends, however it ends.
final class FolderLock {
  private let descriptor: Int32

  /// Holds the folder at `path`; nil where somebody else does.
  ///
  /// - Throws: ``CommandError/file(path:reason:)`` for a path that is no folder.
  init?(_ path: String) throws(CommandError) {
    let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { throw .file(path: path, reason: String(cString: strerror(errno))) }
    // Some file systems of networks have no such locks: there, nobody is kept out.
    if flock(opened, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(opened)
      return nil
    }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Whether the folder is the one that is at `path` now.
  func isAt(_ path: String) -> Bool {
    var (mine, theirs) = (stat(), stat())
    return fstat(descriptor, &mine) == 0 && stat(path, &theirs) == 0 && mine.st_dev == theirs.st_dev
      && mine.st_ino == theirs.st_ino
  }
}
