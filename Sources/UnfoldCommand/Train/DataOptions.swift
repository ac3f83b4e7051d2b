import ArgumentParser
import UnfoldData
import UnfoldImages
import UnfoldNN

/// The options for the data of a command.
struct DataOptions: ParsableArguments {
  @Option(
    name: .long,
    help: """
      A folder of images, FOLDER/train/CLASS/* and FOLDER/val/CLASS/*, or FOLDER/CLASS/*; a CSV file of paths and \
      classes, an .npz or tar file; CIFAR's files; or the four IDX files of MNIST or a relative, plain or gzip. \
      (default: Debian's Fashion-MNIST)
      """)
  var data: String?

  @Option(name: .long, help: "The share of images for validation, where --data has no folder for it, such as 0.1.")
  var validation: Double?

  @Option(name: .long, help: "What is done with an image that cannot be read: stop or skip.")
  var onBadImage = BadImagePolicy.stop

  @Flag(name: .long, help: "Rotate every image by a random angle of its own.")
  var rotated = false

  /// - Parameters:
  ///   - task: The network's.
  ///   - name: The network's, for messages.
  /// - Throws: ``CommandError/usage(message:)`` for an option without effect on the network's data.
  func requireUse(for task: Architecture.Task, of name: String) throws(CommandError) {
    guard !rotated || task != .seriesClassification else {
      throw .usage("--rotated", expected: "a network for images", found: name)
    }
    guard hasImageFiles else {
      guard validation == nil, onBadImage == .stop else {
        throw .usage(
          validation == nil ? "--on-bad-image" : "--validation", expected: "image files in --data",
          found: data ?? "Fashion-MNIST")
      }
      return
    }
    guard task == .imageClassification else {
      throw .usage("--data", expected: "IDX files for \(name)", found: "image files")
    }
    guard !rotated else { throw .usage("--rotated", expected: "IDX files in --data", found: "image files") }
    if let validation, !(validation > 0 && validation < 1) {
      throw .usage("--validation", expected: "a share above 0 and below 1", found: "\(validation)")
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
