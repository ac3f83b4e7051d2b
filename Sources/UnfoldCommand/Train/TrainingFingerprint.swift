import Foundation
import UnfoldNN

/// Everything that the weights of a training depend on, by name. It must be the same for a checkpoint to be resumed
/// with the same result.
struct TrainingFingerprint {
  /// The options, without their dashes.
  let options: [String: String]
  /// The values that follow from the options: samples, classes and preprocessing, wherever the files are, and the
  /// learning rate.
  let facts: [String: String]

  private static let optionsKey = "unfold.training"
  private static let factsKey = "unfold.facts"

  /// For a checkpoint, and for the model in the end.
  var metadata: [String: String] { [Self.optionsKey: Self.json(options), Self.factsKey: Self.json(facts)] }

  /// Throws unless a checkpoint was made with the same options, and the same values followed from them.
  ///
  /// - Returns: Warnings: a checkpoint of an older version does not say what data it was made with.
  /// - Throws: ``CommandError/usage(_:expected:found:)`` with the first option that differs,
  ///   ``CommandError/unexpected(_:expected:found:)`` with what else differs.
  func requireSame(as file: SafetensorsFile, path: String) throws(CommandError) -> [String] {
    guard let saved = Self.dictionary(Self.optionsKey, in: file) else {
      throw .unexpected(
        path, expected: "the options of a training", found: file.metadata[Self.optionsKey] ?? "none")
    }
    if let name = Self.differences(saved, options).first {
      throw .usage(
        "--\(name)", expected: "\(saved[name] ?? "nothing"), as in the checkpoint \(path)",
        found: options[name] ?? "nothing")
    }
    guard let savedFacts = Self.dictionary(Self.factsKey, in: file) else {
      return ["\(path) does not say what data and learning rate it was made with: they may be others"]
    }
    // The last name in the alphabet: a difference of the samples says more than that of their mean.
    if let name = Self.differences(savedFacts, facts).last {
      throw .unexpected(
        name, expected: "\(savedFacts[name] ?? "nothing"), as in the checkpoint \(path)",
        found: facts[name] ?? "nothing")
    }
    return []
  }

  /// Throws where a model file says that it is the result of the same training: there is nothing to go on with.
  ///
  /// - Throws: ``CommandError/usage(message:)``, which says what to do.
  func requireUnfinished(model path: String) throws(CommandError) {
    // A file that is no model, and one of an older version, which does not say what made it, are replaced.
    guard let file = try? SafetensorsFile(path: path), let saved = Self.dictionary(Self.optionsKey, in: file),
      let savedFacts = Self.dictionary(Self.factsKey, in: file), saved == options, savedFacts == facts
    else { return }
    throw .usage(
      "--resume", expected: "a training that is not finished",
      found: "\(path), the model that this one ended with; train again without --resume, or write another file by"
        + " --output")
  }

  /// The names that differ, in the order of the alphabet.
  private static func differences(_ saved: [String: String], _ found: [String: String]) -> [String] {
    Set(saved.keys).union(found.keys).sorted().filter { saved[$0] != found[$0] }
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
