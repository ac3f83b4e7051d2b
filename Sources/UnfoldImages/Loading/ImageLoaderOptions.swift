/// What an ``ImageLoader`` makes of the images, and how.
public struct ImageLoaderOptions: Sendable {
  /// The rows and columns of a sample.
  public var size: ImageSize
  /// Colour or grey: 3 channels or 1.
  public var mode: ColourMode = .colour
  /// The samples of a full batch.
  public var batchSize = 64
  /// What is done to an image, after decoding and before normalisation.
  public var recipe = Recipe.none
  /// The mean and deviation of each channel; nil gives values from 0 to 1.
  public var normalization: ChannelNormalization?
  /// Whether the images are shuffled, each epoch differently.
  public var shuffles = true
  /// The seed of the order and of all random changes.
  public var seed: UInt64 = 0
  /// The threads that decode. They change nothing but the speed.
  public var threads = 2
  /// The batches that are prepared ahead: with the one that is read, this many are in memory.
  public var batchesAhead = 3
  /// Whether the first batches of the next epoch are prepared at the end of an epoch.
  public var continuesWithNextEpoch = true
  /// What is done with an image that cannot be decoded. With `skip`, the next image of the data set takes its place,
  /// so that batches keep their sizes.
  public var onBadImage = BadImagePolicy.stop
  /// The most pixels of an image.
  public var pixelLimit = DecodingOptions.standardPixelLimit
  /// The most bytes of decoded images that are kept for the next epochs; 0 keeps none. With a cache, JPEG images are
  /// decoded at their whole size, whatever the recipe allows.
  public var cacheBytes = 0

  /// - Parameter size: The rows and columns of a sample.
  public init(size: ImageSize) { self.size = size }

  func check() throws(ImageError) {
    func require(_ condition: Bool, _ name: String, _ expected: String, _ found: Any) throws(ImageError) {
      guard condition else { throw .invalidArgument(name: name, expected: expected, found: "\(found)") }
    }
    let sides = 1...65_535
    try require(
      sides.contains(size.height) && sides.contains(size.width), "size", "1x1 to 65535x65535",
      "\(size.height)x\(size.width)")
    try require((1...1 << 20).contains(batchSize), "batch size", "1 to 1048576", batchSize)
    let sample = size.height * size.width * mode.channels
    try require(
      batchSize <= (1 << 36) / sample, "batch size", "at most \((1 << 36) / sample) samples of this size", batchSize)
    try require((1...256).contains(threads), "threads", "1 to 256", threads)
    try require((0...1024).contains(batchesAhead), "batches ahead", "0 to 1024", batchesAhead)
    try require(pixelLimit >= 1, "pixel limit", "1 or more", pixelLimit)
    try require(cacheBytes >= 0, "cache", "0 bytes or more", cacheBytes)
    if let channels = normalization?.channels {
      try require(channels == mode.channels, "normalization", "\(mode.channels) channels", channels)
    }
  }
}
