import ArgumentParser
import UnfoldData

/// Where the images come from.
struct DataOptions: ParsableArguments {
  @Option(
    name: .long,
    help: "A folder with the four IDX files of MNIST or a relative, plain or gzip. (default: Debian's Fashion-MNIST)")
  var data: String?

  /// - Parameter classNames: The names of the classes, where they are known.
  /// - Throws: `DataError`.
  func load(classNames: [String]?) throws(DataError) -> ImageClassificationData {
    guard let data else { return try .fashionMNIST() }
    return try ImageClassificationData(idxFolder: data, classNames: classNames)
  }
}
