import Unfold

/// Images of one size, each with the number of its class. The pixels stay bytes, as they are in the file: a quarter of
/// the memory that `Float` would need; ``Batches`` makes the tensors.
public struct LabelledImages: Hashable, Sendable {
  /// The most channels that images may have. The tables of a normalisation have a row for each channel, so that a file
  /// that mixes up columns and channels could request any amount of memory.
  public static let largestChannels = 256

  /// N, the number of images.
  public let count: Int
  /// H, the rows of each image.
  public let height: Int
  /// W, the columns of each image.
  public let width: Int
  /// C, the channels of each image.
  public let channels: Int
  /// `[N, H, W, C]`, row-major.
  public let pixels: [UInt8]
  /// `[N]`, the number of each image's class.
  public let labels: [UInt8]

  /// Images from memory.
  ///
  /// - Parameters:
  ///   - pixels: `[N, H, W, C]`, row-major.
  ///   - labels: `[N]`.
  ///   - height: H.
  ///   - width: W.
  ///   - channels: C.
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` for extents below 1, more than ``largestChannels``
  ///   channels, and numbers of pixels and labels that do not fit the extents.
  public init(pixels: [UInt8], labels: [UInt8], height: Int, width: Int, channels: Int = 1) throws(UnfoldError) {
    for (name, extent) in [("height", height), ("width", width), ("channels", channels)] {
      guard extent > 0 else { throw .invalidArgument("image \(name)", expected: "1 or more", found: "\(extent)") }
    }
    guard channels <= Self.largestChannels else {
      throw .invalidArgument("image channels", expected: "at most \(Self.largestChannels)", found: "\(channels)")
    }
    // One image must have a size too where there is none: the extents are multiplied.
    _ = try Shape([max(labels.count, 1), height, width, channels]).elementCount()
    let expected = labels.count * height * width * channels
    guard pixels.count == expected else {
      throw .invalidArgument(
        "pixels", expected: "\(expected) for \(labels.count) images of \(height)x\(width)x\(channels)",
        found: "\(pixels.count)")
    }
    self.init(checked: pixels, labels, height, width, channels)
  }

  private init(checked pixels: [UInt8], _ labels: [UInt8], _ height: Int, _ width: Int, _ channels: Int) {
    count = labels.count
    self.height = height
    self.width = width
    self.channels = channels
    self.pixels = pixels
    self.labels = labels
  }

  /// Images from a pair of IDX files, plain or compressed by gzip.
  ///
  /// - Parameters:
  ///   - imagesPath: Bytes, `[N, H, W]` or `[N, H, W, C]`.
  ///   - labelsPath: Bytes, `[N]`.
  /// - Throws: ``DataError`` for files that cannot be read, are not in the format or do not fit each other.
  public init(imagesPath: String, labelsPath: String) throws(DataError) {
    let images = try IDXFile(path: imagesPath)
    let labels = try IDXFile(path: labelsPath)
    for file in [images, labels] where file.elementType != .unsignedByte {
      throw .malformed(
        path: file.path, field: "element type", expected: "unsigned bytes (0x08)",
        found: hexadecimal([file.elementType.rawValue]))
    }
    guard [3, 4].contains(images.extents.count) else {
      throw .malformed(
        path: imagesPath, field: "axes", expected: "3 [N, H, W] or 4 [N, H, W, C]",
        found: "\(images.extents.count) \(images.extents)")
    }
    guard labels.extents.count == 1 else {
      throw .malformed(
        path: labelsPath, field: "axes", expected: "1 [N]", found: "\(labels.extents.count) \(labels.extents)")
    }
    guard !images.extents.contains(0) else {
      throw .malformed(
        path: imagesPath, field: "extents", expected: "1 or more each", found: "\(images.extents)")
    }
    guard images.extents.count == 3 || images.extents[3] <= Self.largestChannels else {
      throw .malformed(
        path: imagesPath, field: "channels", expected: "at most \(Self.largestChannels)", found: "\(images.extents[3])")
    }
    guard images.extents[0] == labels.extents[0] else {
      throw .countMismatch(
        images: images.extents[0], imagesPath: imagesPath, labels: labels.extents[0], labelsPath: labelsPath)
    }
    self.init(
      checked: images.bytes, labels.bytes, images.extents[1], images.extents[2],
      images.extents.count == 4 ? images.extents[3] : 1)
  }

  /// `[count, H, W, C]`, the shape of a batch of `count` images.
  public func batchShape(_ count: Int) -> Shape { Shape(count, height, width, channels) }

  /// The first `count` images, all where there are no more, none for a negative `count`.
  ///
  /// - Complexity: O(`count * height * width * channels`).
  public func prefix(_ count: Int) -> LabelledImages {
    let kept = min(max(count, 0), self.count)
    return LabelledImages(
      checked: Array(pixels.prefix(kept * height * width * channels)), Array(labels.prefix(kept)), height, width,
      channels)
  }
}
