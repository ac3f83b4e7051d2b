import Glibc
import Unfold
import UnfoldImages
import UnfoldNN

extension DataOptions {
  /// Whether `--data` is something other than a folder of IDX files: a file, or a folder with folders, CIFAR's files,
  /// arrays or archives.
  var hasImageFiles: Bool {
    guard let data else { return false }
    var status = stat()
    guard stat(data, &status) == 0 else { return false }
    guard status.st_mode & S_IFMT == S_IFDIR else { return status.st_mode & S_IFMT == S_IFREG }
    guard let stream = opendir(data) else { return false }
    defer { closedir(stream) }
    var isFound = false
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasPrefix(".") { continue }
      if name.hasSuffix("ubyte") || name.hasSuffix("ubyte.gz") { return false }
      var kind = stat()
      let isFolder = stat("\(data)/\(name)", &kind) == 0 && kind.st_mode & S_IFMT == S_IFDIR
      isFound = isFound || isFolder || [".bin", ".npy", ".tar"].contains(where: name.hasSuffix)
    }
    return isFound
  }

  /// The images for training and for validation. The split does not depend on the seed of the training.
  ///
  /// - Throws: `ImageError`.
  func imageSplit() throws(ImageError) -> ImageSplit {
    try ImageSplit(path: data ?? "", validationShare: validation, onBadImage: onBadImage)
  }

  /// The images with which a saved model is judged, prepared as the model file says.
  ///
  /// - Throws: `ImageError`, and ``CommandError/unexpected(_:expected:found:)`` for classes that are not the model's.
  func validationBatches(for card: ModelCard, batch: Int) throws -> any BatchSource<Float> {
    let images = try imageSplit().validation
    guard images.classNames == card.classes else {
      throw CommandError.unexpected(
        "classes", expected: "those of the model: \(card.classes.joined(separator: ", "))",
        found: images.classNames.joined(separator: ", "))
    }
    let options = try ImageLoaderOptions(card: card, batch: batch, onBadImage: onBadImage)
    return LoaderBatches(loader: try ImageLoader(images, options: options), epoch: 0)
  }
}

extension ImageLoaderOptions {
  /// The preparation of images for a saved model.
  ///
  /// - Throws: `ImageError`, and `CommandError` for a model of other channels, or with a
  ///   preparation that this version does not know.
  init(card: ModelCard, batch: Int, onBadImage: BadImagePolicy) throws {
    let (height, width, channels) = (card.inputShape[0], card.inputShape[1], card.inputShape[2])
    guard channels == 1 || channels == 3 else {
      throw CommandError.unexpected("channels of the model", expected: "1 or 3", found: "\(channels)")
    }
    let known = [Recipe.none, .imagenetEvaluation]
    guard let recipe = known.first(where: { $0.name == card.preparation ?? Recipe.none.name }) else {
      throw CommandError.unexpected(
        "preparation of the model", expected: known.map(\.name).joined(separator: " or "),
        found: card.preparation ?? "none")
    }
    self.init(size: ImageSize(height: height, width: width))
    mode = channels == 1 ? .grey : .colour
    batchSize = batch
    self.recipe = recipe
    normalization = try ChannelNormalization(mean: card.mean, standardDeviation: card.standardDeviation)
    shuffles = false
    continuesWithNextEpoch = false
    self.onBadImage = onBadImage
  }
}
