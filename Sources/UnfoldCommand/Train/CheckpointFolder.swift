import Foundation
import UnfoldNN

/// The checkpoints of one training: a folder of files `step-000001234.safetensors`, of which the newest few are kept.
struct CheckpointFolder {
  let path: String
  /// How many are kept: a file that the disk has lost must not be the only one.
  var kept = 3

  /// Writes a checkpoint and removes the oldest. At every moment the folder holds whole files only.
  ///
  /// - Throws: `ModelFileError`, ``CommandError/file(path:reason:)`` for a folder that cannot be made.
  func write(_ file: SafetensorsFile, step: Int) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CommandError.file(path: path, reason: "cannot be made: \(error.localizedDescription)")
    }
    let digits = "\(step)"
    let number = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    try file.write(to: "\(path)/step-\(number).safetensors")
    for name in names.dropLast(kept) { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
  }

  /// The files, oldest first.
  private var names: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return all.filter { $0.hasPrefix("step-") && $0.hasSuffix(".safetensors") }.sorted()
  }

  /// The newest checkpoint that can be read, and what was wrong with those after it; nil for none.
  func latest() -> (path: String, file: SafetensorsFile, skipped: [String])? {
    var skipped: [String] = []
    for name in names.reversed() {
      let path = "\(path)/\(name)"
      do {
        return (path, try SafetensorsFile(path: path), skipped)
      } catch {
        skipped.append("\(path): \(error)")
      }
    }
    return nil
  }

  /// Removes all checkpoints, and the folder if nothing else is in it.
  func remove() {
    for name in names { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
    rmdir(path)
  }
}
