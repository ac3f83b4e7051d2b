import Foundation
import UnfoldNN

/// The options on which the weights of a training depend, by name.
struct TrainingFingerprint {
  let options: [String: String]

  private static let key = "unfold.training"

  /// For a checkpoint.
  var metadata: [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return [Self.key: (try? encoder.encode(options)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"]
  }

  /// Throws unless a checkpoint was made with the same options: it could not go on as if nothing had happened.
  ///
  /// - Throws: ``CommandError/unexpected(_:expected:found:)`` with the first option that differs.
  func requireSame(as file: SafetensorsFile, path: String) throws(CommandError) {
    let text = file.metadata[Self.key] ?? ""
    guard let saved = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
      throw .unexpected(path, expected: "the options of a training", found: text.isEmpty ? "none" : text)
    }
    for name in Set(saved.keys).union(options.keys).sorted() where saved[name] != options[name] {
      throw .unexpected(
        "--\(name)", expected: "\(saved[name] ?? "nothing"), as in the checkpoint \(path)",
        found: options[name] ?? "nothing")
    }
  }
}
