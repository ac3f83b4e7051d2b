import Unfold

/// How a byte becomes a number: `(pixel / 255 - mean) / standardDeviation`, the constants by channel, so that the
/// numbers that a network sees have mean 0 and standard deviation 1.
public struct PixelNormalization: Hashable, Sendable {
  /// One for each channel, in units of the largest pixel.
  public let mean: [Double]
  /// One for each channel, in units of the largest pixel.
  public let standardDeviation: [Double]

  /// Constants that are known.
  ///
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` unless there are equally many of both, all finite and
  ///   the standard deviations above zero.
  public init(mean: [Double], standardDeviation: [Double]) throws(UnfoldError) {
    guard mean.count == standardDeviation.count, !mean.isEmpty else {
      throw .invalidArgument(
        "normalization", expected: "one mean and one standard deviation a channel",
        found: "\(mean.count) and \(standardDeviation.count)")
    }
    guard mean.allSatisfy(\.isFinite) else {
      throw .invalidArgument("mean", expected: "finite numbers", found: "\(mean)")
    }
    guard standardDeviation.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw .invalidArgument(
        "standard deviation", expected: "finite numbers above 0", found: "\(standardDeviation)")
    }
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// The constants of some images, which should be those to train with and never those to test with. A channel whose
  /// pixels are all equal gets a standard deviation of 1.
  ///
  /// The sums are whole numbers, so that the constants do not depend on the order of the images.
  ///
  /// - Complexity: O(pixels).
  public init(of images: LabelledImages) {
    let channels = images.channels
    var histogram = [Int](repeating: 0, count: 256 * channels)
    for start in stride(from: 0, to: images.pixels.count, by: channels) {
      for channel in 0..<channels { histogram[256 * channel + Int(images.pixels[start + channel])] += 1 }
    }
    let count = Double(max(images.pixels.count / channels, 1))
    var means: [Double] = []
    var deviations: [Double] = []
    for channel in 0..<channels {
      let frequency = histogram[256 * channel..<256 * (channel + 1)]
      let mean = zip(0..., frequency).reduce(0) { $0 + Double($1.0 * $1.1) } / count
      let variance = zip(0..., frequency).reduce(0) {
        $0 + (Double($1.0) - mean) * (Double($1.0) - mean) * Double($1.1)
      }
      means.append(mean / 255)
      deviations.append(variance > 0 ? (variance / count).squareRoot() / 255 : 1)
    }
    mean = means
    standardDeviation = deviations
  }

  /// The number of channels.
  public var channels: Int { mean.count }

  /// The normalised value of every possible pixel, 256 for each channel, computed in `Double`.
  fileprivate var table: [Double] {
    (0..<channels).flatMap { channel in
      (0..<256).map { (Double($0) / 255 - mean[channel]) / standardDeviation[channel] }
    }
  }
}

/// What every possible pixel becomes, 256 values for each channel: made once for all batches.
struct NormalizationTables: Hashable, Sendable {
  private let double: [Double]
  private let float: [Float]

  init(of normalization: PixelNormalization) {
    double = normalization.table
    float = double.map(Float.init)
  }

  /// The values in an element type, rounded once.
  @inline(__always)
  func table<Scalar: TensorScalar>(of type: Scalar.Type) -> [Scalar] {
    (float as? [Scalar]) ?? (double as? [Scalar]) ?? double.map(Scalar.init)
  }
}
