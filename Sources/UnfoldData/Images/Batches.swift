import Unfold

/// One epoch of a set of images, cut into batches: an order of the images, a size, and what is done to the pixels.
///
/// ```swift
/// let batches = try Batches(data.training, size: 64, shuffledBy: seed, epoch: epoch,
///                           normalization: data.normalization, augmentation: augmentation, remainder: .dropped)
/// var images = try Tensor<Float>(zeros: batches.shape(of: 0))
/// var labels: [Int] = []
/// for index in 0..<batches.count {
///   try batches.fill(index, into: &images, labels: &labels)
/// }
/// ```
///
/// A batch depends on its index only: batches may be made in any order, on any thread, and more than once.
public struct Batches: Sendable {
  /// What happens to the remaining images if the size does not divide their number.
  public enum Remainder: Hashable, Sendable {
    /// They make a last batch that is smaller.
    case kept
    /// They are left out, so that every batch has the same size.
    case dropped
  }

  /// The images.
  public let images: LabelledImages
  /// The images of a full batch.
  public let size: Int
  /// The images' numbers in the order in which they are seen.
  public let order: [Int]
  /// How pixels become numbers.
  public let normalization: PixelNormalization
  /// The random changes of the images.
  public let augmentation: Augmentation
  /// What happens to a last, smaller batch.
  public let remainder: Remainder
  let seed: UInt64
  let epoch: Int
  let tables: NormalizationTables

  /// The images in the order in which they lie, unchanged: for evaluation.
  ///
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` for a size below 1 and for a normalisation of other
  ///   channels than the images'.
  public init(
    _ images: LabelledImages, size: Int, normalization: PixelNormalization, remainder: Remainder = .kept
  ) throws(UnfoldError) {
    try self.init(
      images, size, Array(0..<images.count), normalization, .none, remainder, seed: 0, epoch: 0)
  }

  /// The images in an order that the seed and the epoch decide, for training.
  ///
  /// - Complexity: O(`images.count`).
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` for a size below 1 and for a normalisation of other
  ///   channels than the images'.
  public init(
    _ images: LabelledImages, size: Int, shuffledBy seed: UInt64, epoch: Int, normalization: PixelNormalization,
    augmentation: Augmentation = .none, remainder: Remainder
  ) throws(UnfoldError) {
    var generator = SeededGenerator(seed: seed, keys: UInt64(truncatingIfNeeded: epoch))
    try self.init(
      images, size, generator.permutation(of: images.count), normalization, augmentation, remainder, seed: seed,
      epoch: epoch)
  }

  private init(
    _ images: LabelledImages, _ size: Int, _ order: [Int], _ normalization: PixelNormalization,
    _ augmentation: Augmentation, _ remainder: Remainder, seed: UInt64, epoch: Int
  ) throws(UnfoldError) {
    guard size > 0 else { throw .invalidArgument("batch size", expected: "1 or more", found: "\(size)") }
    guard normalization.channels == images.channels else {
      throw .invalidArgument(
        "channels of the normalization", expected: "\(images.channels)", found: "\(normalization.channels)")
    }
    (self.images, self.size, self.order, self.remainder) = (images, size, order, remainder)
    (self.normalization, self.augmentation) = (normalization, augmentation)
    (self.seed, self.epoch) = (seed, epoch)
    tables = NormalizationTables(of: normalization)
  }

  /// The number of batches.
  public var count: Int {
    let full = order.count / size
    return remainder == .kept && full * size < order.count ? full + 1 : full
  }

  /// The numbers of the images in a batch.
  ///
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` unless `index` is in `0..<count`.
  public func samples(of index: Int) throws(UnfoldError) -> ArraySlice<Int> {
    guard 0 <= index, index < count else {
      throw .invalidArgument("batch", expected: "0 ..< \(count)", found: "\(index)")
    }
    return order[index * size..<order.count].prefix(size)
  }

  /// `[N, H, W, C]` of a batch; N is smaller for a last batch that was kept.
  ///
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` unless `index` is in `0..<count`.
  public func shape(of index: Int) throws(UnfoldError) -> Shape { images.batchShape(try samples(of: index).count) }
}
