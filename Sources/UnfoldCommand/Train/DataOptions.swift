import ArgumentParser
import UnfoldData
import UnfoldNN

/// The options for the data of a command.
struct DataOptions: ParsableArguments {
  @Option(
    name: .long,
    help: "A folder with the four IDX files of MNIST or a relative, plain or gzip. (default: Debian's Fashion-MNIST)")
  var data: String?

  @Flag(name: .long, help: "Rotate every image by a random angle of its own.")
  var rotated = false

  /// - Throws: ``CommandError/usage(message:)`` for an option without effect on the network's data.
  func requireUse(for architecture: Architecture) throws(CommandError) {
    guard !rotated || architecture.task != .seriesClassification else {
      throw .usage("--rotated", expected: "a network for images", found: architecture.rawValue)
    }
  }

  /// - Parameter classNames: The names of the classes, where they are known.
  /// - Throws: `DataError`.
  func load(classNames: [String]?) throws -> ImageClassificationData {
    let images =
      if let data { try ImageClassificationData(idxFolder: data, classNames: classNames) } else {
        try ImageClassificationData.fashionMNIST()
      }
    return rotated ? try images.rotated(seed: 1) : images
  }

  /// - Throws: `DataError`, `UnfoldError`.
  func loadSeries() throws -> SeriesClassificationData {
    try SeriesClassificationData(folder: data ?? ".build/japanese-vowels", name: "JapaneseVowels")
  }
}
