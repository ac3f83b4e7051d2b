import Foundation
import UnfoldNN

/// The checkpoints of one training, in a folder that no other training uses at the same time. Of the files, see
/// ``CheckpointName``, the newest few are kept; those of other trainings are left alone.
final class CheckpointFolder {
  /// The path as the user gave it.
  var path: String { folder.path }
  /// The number of checkpoints that are kept: more than one, in case the disk loses a file.
  let kept: Int
  private let folder: OutputFolder
  private let lock: FolderLock
  private let mark: ModelMark
  /// The identifier in the names of this training's checkpoints.
  private var training = CheckpointName.newTraining()

  /// The folder at `path`, made where it is missing, for a training that begins or goes on.
  ///
  /// - Parameter mark: The mark beside the model file; it is the folder itself unless the user chose another one.
  /// - Throws: ``CommandError/file(path:reason:)`` where it cannot be made or written to, or another training uses it.
  init(path: String, mark: String? = nil, kept: Int = 3) throws(CommandError) {
    self.kept = kept
    self.mark = ModelMark(mark ?? path)
    while true {
      let folder = try OutputFolder(path)
      guard let lock = try FolderLock(path) else {
        throw .file(
          path: path,
          reason: "another training is writing its checkpoints here; take another folder by --checkpoints")
      }
      // A training that ends removes its folder: the one that was opened may be gone by now.
      if lock.isAt(path) {
        (self.folder, self.lock) = (folder, lock)
        return
      }
    }
  }

  /// The checkpoints in the folder, the oldest first.
  var names: [CheckpointName] { Self.names(in: path) }

  private var ownNames: [CheckpointName] { names.filter { $0.training == training } }

  /// Throws if a training that begins here would conflict with another one: if there are checkpoints, or if the model
  /// file belongs to another training.
  ///
  /// - Parameters:
  ///   - resumes: Whether it goes on from the checkpoints in the folder.
  ///   - discards: Whether unfinished trainings are to be discarded.
  /// - Throws: ``CommandError/file(path:reason:)``, which says what to do.
  func requireFree(resumes: Bool, discards: Bool) throws(CommandError) {
    try mark.requireFree(for: lock, discards: discards)
    guard !resumes, !discards, let newest = names.last else { return }
    throw .file(
      path: path,
      reason: "holds the checkpoints of an unfinished training, up to step \(newest.step); continue with --resume, take"
        + " another folder by --checkpoints, or remove them by --discard")
  }

  /// Takes the folder and the model file for this training.
  ///
  /// - Parameters:
  ///   - bytes: The size of a checkpoint.
  ///   - discards: Whether the checkpoints of other trainings are removed, but nothing else.
  /// - Throws: ``CommandError/file(path:reason:)`` where there is no space for the checkpoints.
  func begin(bytes: Int, discards: Bool) throws(CommandError) {
    folder.removeLeftovers()
    if discards {
      for path in [path, mark.path] {
        for name in Self.names(in: path) { unlink("\(path)/\(name.file)") }
      }
    }
    try folder.requireRoom(bytes * max(1, kept - names.count))
    mark.set(for: lock, in: path)
  }

  /// Writes a checkpoint. The oldest is removed first, so that a disk with space for the kept number is large enough.
  /// At every moment the folder holds whole files only, and at least one that was there before.
  ///
  /// - Throws: `ModelFileError`, ``CommandError/file(path:reason:)`` for a folder that is gone and cannot be made.
  func write(_ file: SafetensorsFile, step: Int) throws {
    let name = CheckpointName(step: step, training: training)
    if !FileManager.default.fileExists(atPath: path) { _ = try OutputFolder(path) }
    // Checkpoints with more steps are from before the training went back to an older one: it will write them again.
    for old in ownNames.filter({ $0.step < step }).dropLast(max(1, kept - 1)) { unlink("\(path)/\(old.file)") }
    try file.write(to: "\(path)/\(name.file)")
  }

  /// The newest checkpoint that can be read, and what was wrong with those after it; nil for an empty folder. From then
  /// on this training has the identifier of the one that wrote it.
  ///
  /// - Throws: ``CommandError/file(path:reason:)`` where there are checkpoints of several trainings, or none can be
  ///   read.
  func latest() throws(CommandError) -> (path: String, file: SafetensorsFile, skipped: [String])? {
    let names = names
    let trainings = Set(names.map(\.training)).count
    guard trainings <= 1 else {
      throw .file(
        path: path,
        reason: "expected the checkpoints of one training, found those of \(trainings): move the others away, or remove"
          + " all by --discard in place of --resume")
    }
    var skipped: [String] = []
    for name in names.reversed() {
      let path = "\(path)/\(name.file)"
      do {
        let file = try SafetensorsFile(path: path)
        training = name.training
        return (path, file, skipped)
      } catch {
        skipped.append("\(path): \(error)")
      }
    }
    guard let complaint = skipped.first else { return nil }
    throw .file(
      path: path,
      reason:
        "no checkpoint of \(names.count) can be read (\(complaint)); remove them by --discard in place of --resume")
  }

  /// Removes this training's checkpoints and its mark, and the folder if nothing else is in it.
  func remove() {
    for name in ownNames { unlink("\(path)/\(name.file)") }
    // The folder itself where the path is a link to it.
    if let real = realpath(path, nil) {
      rmdir(real)
      free(real)
    }
    leave()
  }

  /// If there are no checkpoints, removes the training's mark and a folder that was made for it.
  func leave() {
    guard names.isEmpty else { return }
    folder.removeIfUnused()
    mark.remove(for: lock)
  }

  /// The checkpoints in a folder, the oldest first; none where there is no folder.
  static func names(in path: String) -> [CheckpointName] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return files.compactMap(CheckpointName.init).sorted { ($0.step, $0.training) < ($1.step, $1.training) }
  }
}
