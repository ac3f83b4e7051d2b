/// The mean that is subtracted from each channel of the values in 0 to 1, and the standard deviation by which it is then
/// divided: `(pixel / 255 - mean) / deviation`.
public struct ChannelNormalization: Hashable, Sendable {
  /// One number a channel.
  public let mean: [Double]
  /// One number a channel, above 0.
  public let standardDeviation: [Double]

  /// The statistics of ImageNet, with which torchvision's networks were trained.
  public static let imagenet = ChannelNormalization(
    unchecked: [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])

  /// A normalisation.
  ///
  /// - Parameters:
  ///   - mean: 1 or 3 numbers.
  ///   - standardDeviation: As many, above 0.
  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for other numbers.
  public init(mean: [Double], standardDeviation: [Double]) throws(ImageError) {
    guard mean.count == 1 || mean.count == 3, mean.count == standardDeviation.count,
      mean.allSatisfy(\.isFinite), standardDeviation.allSatisfy({ $0 > 0 && $0.isFinite })
    else {
      throw .invalidArgument(
        name: "normalization", expected: "1 or 3 means and as many deviations above 0",
        found: "\(mean) and \(standardDeviation)")
    }
    self.init(unchecked: mean, standardDeviation)
  }

  private init(unchecked mean: [Double], _ standardDeviation: [Double]) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// 1 or 3.
  public var channels: Int { mean.count }
}

/// The value of every byte of every channel.
struct NormalizationTable: Sendable {
  let channels: Int
  /// `[channels, 256]`.
  private let values: [Float]

  init(_ normalization: ChannelNormalization) {
    channels = normalization.channels
    // In `Float`, operation by operation, as torchvision's ToTensor and Normalize.
    values = zip(normalization.mean, normalization.standardDeviation).flatMap { mean, deviation in
      (0..<256).map { (Float($0) / 255 - Float(mean)) / Float(deviation) }
    }
  }

  /// Writes `[height, width, channels]` values.
  ///
  /// - Parameters:
  ///   - prepared: An image with as many channels.
  ///   - target: As many numbers as the image has bytes.
  func write(_ prepared: PreparedImage, to target: UnsafeMutableBufferPointer<Float>) {
    let image = prepared.image
    image.pixels.withUnsafeBufferPointer { pixels in
      values.withUnsafeBufferPointer { values in
        if channels == 1 {
          for place in pixels.indices { target[place] = values[Int(pixels[place])] }
        } else {
          for place in stride(from: 0, to: pixels.count, by: 3) {
            target[place] = values[Int(pixels[place])]
            target[place + 1] = values[256 + Int(pixels[place + 1])]
            target[place + 2] = values[512 + Int(pixels[place + 2])]
          }
        }
      }
    }
    for part in prepared.erased {
      for y in part.top..<part.top + part.height {
        let start = (y * image.width + part.left) * channels
        for place in start..<start + part.width * channels { target[place] = 0 }
      }
    }
  }
}
