import Foundation
import UnfoldNN

/// All that the weights of a training depend on, by name: what has to be the same for a checkpoint to go on as if nothing
/// had happened.
struct TrainingFingerprint {
  /// The options, without their dashes.
  let options: [String: String]
  /// The data: samples, classes and preprocessing, wherever they come from.
  let data: [String: String]

  private static let optionsKey = "unfold.training"
  private static let dataKey = "unfold.data"

  init(options: [String: String], data: [String: String]) {
    self.options = options
    self.data = data
  }

  /// For a checkpoint.
  var metadata: [String: String] { [Self.optionsKey: Self.json(options), Self.dataKey: Self.json(data)] }

  /// Throws unless a checkpoint was made with the same options and data.
  ///
  /// - Returns: Warnings: a checkpoint of an older version does not say what data it was made with.
  /// - Throws: ``CommandError/usage(_:expected:found:)`` with the first option that differs,
  ///   ``CommandError/unexpected(_:expected:found:)`` with what differs of the data.
  func requireSame(as file: SafetensorsFile, path: String) throws(CommandError) -> [String] {
    guard let saved = Self.dictionary(Self.optionsKey, in: file) else {
      throw .unexpected(
        path, expected: "the options of a training", found: file.metadata[Self.optionsKey] ?? "none")
    }
    if let name = Self.difference(saved, options) {
      throw .usage(
        "--\(name)", expected: "\(saved[name] ?? "nothing"), as in the checkpoint \(path)",
        found: options[name] ?? "nothing")
    }
    guard let savedData = Self.dictionary(Self.dataKey, in: file) else {
      return ["\(path) does not say what data it was made with: whether these are the same is not known"]
    }
    if let name = Self.difference(savedData, data) {
      throw .unexpected(
        name, expected: "\(savedData[name] ?? "nothing"), as in the checkpoint \(path)", found: data[name] ?? "nothing")
    }
    return []
  }

  private static func difference(_ saved: [String: String], _ found: [String: String]) -> String? {
    Set(saved.keys).union(found.keys).sorted().first { saved[$0] != found[$0] }
  }

  private static func dictionary(_ key: String, in file: SafetensorsFile) -> [String: String]? {
    file.metadata[key].flatMap { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
  }

  private static func json(_ dictionary: [String: String]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(dictionary)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
