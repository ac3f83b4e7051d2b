import Glibc

/// The mark beside a model file while a training of it is unfinished, so that no other training replaces its result. It
/// is the folder of its checkpoints, `NAME-checkpoints`, or, if they are elsewhere, a link of that name to their
/// folder.
struct ModelMark {
  /// `NAME-checkpoints`.
  let path: String

  /// A mark. A link to a folder that is gone is removed.
  init(_ path: String) {
    self.path = path
    removeLink { isDangling }
  }

  /// Whether there is a folder, here or where a link leads.
  private var isFolder: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private var isDangling: Bool {
    var status = stat()
    return stat(path, &status) != 0 && errno == ENOENT
  }

  /// Throws if the mark belongs to another training, which will write the same model file.
  ///
  /// - Parameters:
  ///   - lock: This training's folder.
  ///   - discards: Whether the other training is to be discarded, if it is not running.
  /// - Throws: ``CommandError/file(path:reason:)``, which says what to do.
  func requireFree(for lock: FolderLock, discards: Bool) throws(CommandError) {
    guard isFolder, !lock.isAt(path) else { return }
    guard try FolderLock(path) != nil else {
      throw .file(path: path, reason: "a training of the same model file is running; write another one by --output")
    }
    guard discards || CheckpointFolder.names(in: path).isEmpty else {
      throw .file(
        path: path,
        reason:
          "holds the checkpoints of an unfinished training of the same model file; continue it with --resume and without"
          + " --checkpoints, write another file by --output, or remove them by --discard")
    }
  }

  /// Marks the model as one of a training with its checkpoints in `folder`.
  func set(for lock: FolderLock, in folder: String) {
    guard !lock.isAt(path), let real = realpath(folder, nil) else { return }
    defer { free(real) }
    removeLink { isFolder }
    rmdir(path)
    // Without links, as on some file systems, or beside a folder of other files, the model is not protected.
    symlink(real, path)
  }

  /// Removes the mark, if it is a link to the training's folder or to one that is gone.
  func remove(for lock: FolderLock) { removeLink { lock.isAt(path) || isDangling } }

  private func removeLink(where isOurs: () -> Bool) {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, isOurs() { unlink(path) }
  }
}
