import Glibc

/// A lock on a folder, held by one process at a time. The system releases it when the process ends in any way.
final class FolderLock {
  private let descriptor: Int32

  /// Locks the folder at `path`; nil if another process has locked it.
  ///
  /// - Throws: ``CommandError/file(path:reason:)`` for a path that is no folder.
  init?(_ path: String) throws(CommandError) {
    let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { throw .file(path: path, reason: String(cString: strerror(errno))) }
    // Some network file systems have no such locks: there, other processes are not kept out.
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
