/// Turns an image of a data set into the numbers of a sample: decoding, recipe, normalisation. A function of the image,
/// the seed and the epoch alone, on any thread.
struct SamplePreparation: Sendable {
  let images: any ImageDataSet
  let options: ImageLoaderOptions
  private let table: NormalizationTable
  private let cache: ImageCache?
  private let decoding: DecodingOptions

  init(_ images: any ImageDataSet, _ options: ImageLoaderOptions) throws(ImageError) {
    self.images = images
    self.options = options
    let zeros = [Double](repeating: 0, count: options.mode.channels)
    let plain = try ChannelNormalization(mean: zeros, standardDeviation: zeros.map { _ in 1 })
    table = NormalizationTable(options.normalization ?? plain)
    cache = options.cacheBytes > 0 ? ImageCache(limit: options.cacheBytes) : nil
    decoding = DecodingOptions(mode: options.mode, pixelLimit: options.pixelLimit)
  }

  /// The numbers of a sample.
  var sampleCount: Int { options.size.height * options.size.width * options.mode.channels }

  /// Writes one sample.
  ///
  /// - Throws: ``ImageError`` for an image that cannot be read or decoded.
  func write(_ index: Int, epoch: Int, to target: UnsafeMutableBufferPointer<Float>) throws(ImageError) {
    let random = RandomStream(seed: options.seed, epoch: epoch, index: index)
    let (image, whole) = try image(index, random)
    table.write(options.recipe.apply(to: image, of: whole, size: options.size, random: random), to: target)
  }

  /// The image, possibly decoded at a part of its size, and its whole size.
  private func image(_ index: Int, _ random: RandomStream) throws(ImageError) -> (RasterImage, ImageSize) {
    if let image = cache?.image(index) { return (image, image.size) }
    let image: RasterImage
    var whole: ImageSize?
    switch try images.content(of: index) {
    case .decoded(let pixels): image = pixels.converted(to: options.mode)
    case .encoded(let bytes):
      image = try decodeBytes(bytes) { data throws(ImageError) in
        let decoder = try ImageDecoder(data, name: images.name(of: index))
        let size = ImageSize(height: decoder.header.height, width: decoder.header.width)
        whole = size
        return try decoder.decode(decoding) { _ in
          cache == nil ? options.recipe.smallestSize(of: size, for: options.size, random: random) : nil
        }
      }
    }
    cache?.insert(image, index)
    return (image, whole ?? image.size)
  }
}

extension RasterImage {
  /// Its rows and columns.
  public var size: ImageSize { ImageSize(height: height, width: width) }
}

/// Decoded images, up to a number of bytes. The first ones stay: all are read once an epoch, so that it makes no
/// difference which.
final class ImageCache: @unchecked Sendable {
  private let limit: Int
  private let monitor = Monitor()
  private var images: [Int: RasterImage] = [:]
  private(set) var bytes = 0

  init(limit: Int) { self.limit = limit }

  func image(_ index: Int) -> RasterImage? { monitor.locked { images[index] } }

  func insert(_ image: RasterImage, _ index: Int) {
    monitor.locked {
      guard images[index] == nil, bytes + image.pixels.count <= limit else { return }
      images[index] = image
      bytes += image.pixels.count
    }
  }
}
