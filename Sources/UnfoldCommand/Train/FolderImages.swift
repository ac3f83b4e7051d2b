import Unfold
import UnfoldData
import UnfoldImages
import UnfoldNN

/// Image files of one class each, decoded while the batch before is trained on.
struct FolderImages: TrainingData {
  private let training: ImageLoader
  private let validation: ImageLoader
  private let skipped: [ImageError]
  let trainingChecksum: Checksum
  let testChecksum: Checksum

  /// Finds the images and starts the threads of the loaders.
  ///
  /// - Parameters:
  ///   - files: Where the images are.
  ///   - options: What is made of them.
  ///   - limit: The most images of an epoch, chosen by the seed; nil for all.
  ///   - batch: The images of a full batch.
  ///   - seed: Decides the order and the random changes.
  ///   - threads: The threads that decode.
  /// - Throws: `ImageError`, and ``CommandError/usage(message:)``.
  init(files: DataOptions, options: ImageOptions, limit: Int?, batch: Int, seed: UInt64, threads: Int) throws {
    let split = try files.imageSplit()
    var images = split.training
    if let limit, limit < images.count {
      // The first images would be those of the first class.
      var generator = SeededGenerator(seed: seed)
      images = try ImageSubset(images, indices: generator.permutation(of: images.count).prefix(limit).sorted())
    }
    let size = try options.chosenSize() ?? Self.size(of: images)
    var loading = ImageLoaderOptions(size: size)
    loading.mode = options.grey ? .grey : .colour
    loading.batchSize = batch
    loading.recipe = try options.chosenRecipe()
    loading.normalization = options.grey ? try Self.greyNormalization() : .imagenet
    loading.seed = seed
    loading.threads = min(max(threads, 1), 256)
    loading.onBadImage = files.onBadImage
    let channels = loading.mode.channels
    loading.cacheBytes =
      options.cache.map { $0 << 20 } ?? images.decodedBytes(channels: channels, atMost: Self.usualCache) ?? 0
    training = try ImageLoader(images, options: loading)
    loading.recipe = loading.recipe.evaluation
    loading.shuffles = false
    loading.continuesWithNextEpoch = false
    validation = try ImageLoader(split.validation, options: loading)
    skipped = split.skipped
    trainingChecksum = Self.checksum(images)
    testChecksum = Self.checksum(split.validation)
  }

  /// The bytes of decoded images that are kept without being asked for.
  private static let usualCache = 1 << 30

  /// Whether decoded images are kept: then they are decoded whole, which changes bits.
  var keepsImages: Bool { training.options.cacheBytes > 0 }
  var inputShape: Shape {
    let options = training.options
    return Shape([options.size.height, options.size.width, options.mode.channels])
  }
  var classNames: [String] { training.images.classNames }
  var mean: [Double] { training.options.normalization?.mean ?? [] }
  var standardDeviation: [Double] { training.options.normalization?.standardDeviation ?? [] }
  var trainingCount: Int { training.images.count }
  var testCount: Int { validation.images.count }
  var secondsWaited: Double? { training.secondsWaited }
  var leftOut: [String] { (skipped + training.skipped + validation.skipped).map { "\($0)" } }
  var preparation: String? { validation.options.recipe.name }

  func batches(epoch: Int) -> any BatchSource<Float> { LoaderBatches(loader: training, epoch: epoch) }

  func testBatches() -> any BatchSource<Float> { LoaderBatches(loader: validation, epoch: 0) }

  /// Images of arrays have one size; files have any.
  private static func size(of images: any ImageDataSet) throws -> ImageSize {
    if images.count > 0, case .decoded(let image) = try images.content(of: 0) { return image.size }
    return ImageSize(height: 64, width: 64)
  }

  /// The mean of ImageNet's channels, weighted as for grey, and their mean deviation.
  private static func greyNormalization() throws(ImageError) -> ChannelNormalization {
    try ChannelNormalization(mean: [0.449], standardDeviation: [0.226])
  }

  /// Names and classes: the pixels are not read for it.
  private static func checksum(_ images: any ImageDataSet) -> Checksum {
    var checksum = Checksum()
    checksum.add([images.count])
    for index in 0..<images.count {
      Array(images.stableName(of: index).utf8).withUnsafeBytes { checksum.add($0) }
      checksum.add([images.label(of: index)])
    }
    return checksum
  }
}
