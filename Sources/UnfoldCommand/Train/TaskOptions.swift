import ArgumentParser
import Unfold
import UnfoldData
import UnfoldNN

/// The options for the network and its data.
struct TaskOptions: ParsableArguments {
  @Option(
    name: .long,
    help: """
      The network, see `unfold models`: \(Architecture.allCases.map(\.rawValue).joined(separator: ", ")). (default: that \
      of the file of --from, otherwise lenet)
      """,
    completion: .list(Architecture.allCases.map(\.rawValue)))
  var model: String?

  @OptionGroup var fineTuning: FineTuningOptions
  @OptionGroup var files: DataOptions
  @OptionGroup var imageFiles: ImageOptions

  @Option(name: .long, help: "The names of the classes of --data, separated by commas. (default: their numbers)")
  var classNames: String?

  @Option(name: .long, help: "The batch size: the images of one step.")
  var batch = 64

  @Option(
    name: .long, help: "Change the training images at random: flip, shift (by up to 2 pixels), shift=N, or a list.")
  var augment: String?

  @Option(name: .long, help: "Decides the first weights, the order of the images and the changes to them.")
  var seed: UInt64 = 1

  @OptionGroup var execution: ContextOptions

  @Option(name: .long, help: "Train on this number of images only, the first ones.")
  var limit: Int?

  /// The network's architecture, after a check that all data options have an effect on it.
  ///
  /// - Throws: ``CommandError/usage(message:)`` for an unknown network, numbers out of range, and an option that the
  ///   network or the data have no use for; `ModelFileError` for the file of `--from`.
  func architecture() throws -> Architecture {
    try fineTuning.check()
    let model = try self.model ?? fineTuning.architecture() ?? Architecture.lenet.rawValue
    return try checked(CommandError.checkingUsage { try Architecture(named: model) })
  }

  private func checked(_ architecture: Architecture) throws(CommandError) -> Architecture {
    let model = architecture.rawValue
    guard batch >= 1 else { throw .usage("--batch", expected: "1 or more", found: "\(batch)") }
    if let limit, limit < 1 { throw .usage("--limit", expected: "1 or more", found: "\(limit)") }
    try files.requireUse(for: architecture.task, of: model)
    try imageFiles.requireUse(of: files)
    if files.hasImageFiles {
      guard augment == nil else { throw .usage("--augment", expected: "--recipe for image files", found: "--augment") }
      guard classNames == nil else {
        throw .usage(
          "--class-names", expected: "IDX files in --data", found: "images, whose folders name their classes")
      }
    }
    if let augment {
      guard architecture.task == .imageClassification else {
        throw .usage("--augment", expected: "a network that classifies images", found: model)
      }
      _ = try Augmentation(list: augment)
    }
    if classNames != nil {
      guard architecture.task != .seriesClassification else {
        throw .usage(
          "--class-names", expected: "a network for images", found: "\(model), whose data name their classes")
      }
      guard files.data != nil else {
        throw .usage("--class-names", expected: "--data beside it", found: "Fashion-MNIST, whose classes have names")
      }
      try requireNames()
    }
    return architecture
  }

  /// The data for training and evaluation.
  ///
  /// - Throws: `DataError`, `UnfoldError`, ``CommandError/usage(message:)``.
  func data(for task: Architecture.Task) throws -> any TrainingData {
    if task == .seriesClassification {
      return try ClassifiedSeries(files.loadSeries(), limit: limit, batch: batch, seed: seed)
    }
    if files.hasImageFiles {
      return try FolderImages(
        files: files, options: imageFiles, limit: limit, batch: batch, seed: seed,
        threads: execution.context().threads)
    }
    let images = try idxImages()
    switch task {
    case .segmentation, .localization:
      return try CommandError.checkingUsage {
        try ComposedScenes(
          images, isSegmentation: task == .segmentation, count: limit ?? 6000, batch: batch, seed: seed)
      }
    case .imageClassification, .seriesClassification:
      return ClassificationImages(
        data: images, training: limit.map(images.training.prefix) ?? images.training,
        augmentation: try Augmentation(list: augment ?? ""), batch: batch, seed: seed)
    }
  }

  /// The options for image files that decide the result; none without image files, so that checkpoints of earlier
  /// versions go on.
  func imageFingerprint(of data: any TrainingData) -> [String: String] {
    guard let images = data as? FolderImages else { return [:] }
    return [
      "recipe": imageFiles.recipe ?? "", "size": imageFiles.size ?? "", "grey": "\(imageFiles.grey)",
      "cache": "\(images.keepsImages)", "validation": files.validation.map { "\($0)" } ?? "",
    ]
  }

  private var listedNames: [String]? {
    // Empty names are kept: without them the names that follow would belong to other classes.
    classNames?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// Two classes may have one name: in ImageNet the bird and the machine are both "crane".
  ///
  /// - Throws: ``CommandError/usage(message:)`` for a name that is empty.
  private func requireNames() throws(CommandError) {
    guard let index = listedNames?.firstIndex(of: "") else { return }
    throw .usage("--class-names", expected: "names between the commas", found: "an empty one, number \(index + 1)")
  }

  private func idxImages() throws -> ImageClassificationData {
    let names = listedNames
    do {
      return try files.load(classNames: names)
    } catch DataError.labelOutOfRange(let path, _, let label, _) where names != nil {
      throw CommandError.usage(
        "--class-names", expected: "\(label + 1) or more, for label \(label) in \(path)", found: "\(names?.count ?? 0)")
    }
  }

  /// The network with its first weights: drawn, or those of `--from`.
  ///
  /// - Throws: `GraphError` for data that do not suit the network, `ModelFileError` and
  ///   ``CommandError/usage(message:)`` for the options of fine-tuning.
  func network(_ architecture: Architecture, for data: any TrainingData) throws -> Network<Float> {
    var generator = SeededGenerator(seed: seed)
    let network: Network<Float> = try architecture.network(
      input: data.inputShape, classes: data.classNames.count, using: &generator)
    try fineTuning.apply(to: network, classNames: data.classNames)
    return network
  }
}
