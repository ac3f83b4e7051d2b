import Glibc

/// Mixes the samples of a batch with their neighbours, labels included.
///
/// Sample n is mixed with sample n - 1 of the batch, the first with the last, as in torchvision. Samples are
/// `[count, height, width, channels]`, soft labels `[count, classes]`; both are changed in place.
public enum BatchMix: Hashable, Sendable {
  /// `share * sample + (1 - share) * neighbour`, with a share from Beta(alpha, alpha) for the batch (Zhang et al.,
  /// "mixup: Beyond empirical risk minimization", 2017).
  case mixUp(alpha: Double)
  /// A rectangle of `1 - share` of the area comes from the neighbour (Yun et al., "CutMix", 2019).
  case cutMix(alpha: Double)

  /// Mixes a batch. What is done follows from seed, epoch and batch.
  ///
  /// - Parameters:
  ///   - samples: `[count, size.height, size.width, channels]`.
  ///   - labels: `[count, classes]`, rows that add up to 1.
  ///   - count: The samples, 1 or more.
  ///   - size: The rows and columns of a sample.
  ///   - seed: Of the training.
  ///   - epoch: The epoch's number.
  ///   - batch: The batch's number.
  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for numbers that do not fit, or an alpha of 0 or
  ///   below.
  /// - Complexity: O(samples + labels).
  public func apply(
    samples: inout [Float], labels: inout [Float], count: Int, size: ImageSize, seed: UInt64, epoch: Int, batch: Int
  ) throws(ImageError) {
    let area = size.height * size.width
    guard count >= 1, area >= 1, samples.count % (count * area) == 0, labels.count % count == 0, !samples.isEmpty else {
      throw .invalidArgument(
        name: "batch", expected: "whole samples of \(size.height)x\(size.width) and whole rows of labels",
        found: "\(samples.count) values and \(labels.count) labels for \(count) samples")
    }
    let alpha =
      switch self {
      case .mixUp(let alpha), .cutMix(let alpha): alpha
      }
    guard alpha > 0, alpha.isFinite else {
      throw .invalidArgument(name: "alpha", expected: "above 0", found: "\(alpha)")
    }
    // Images have numbers from 0 on, batches from below -1 on.
    var random = RandomStream(seed: seed, epoch: epoch, index: -2 - batch)
    var share = random.beta(alpha)
    switch self {
    case .mixUp:
      mix(&samples, row: samples.count / count, everything: Float(share))
    case .cutMix:
      let channels = samples.count / (count * area)
      let part = random.cut(of: size, share: share)
      replace(&samples, part, size, channels)
      share = 1 - Double(part.height * part.width) / Double(area)
    }
    mix(&labels, row: labels.count / count, everything: Float(share))
  }

  /// `share * row + (1 - share) * row before`, from the last row up; the first row is mixed with the old last one.
  private func mix(_ values: inout [Float], row: Int, everything share: Float) {
    guard row > 0 else { return }
    let last = Array(values.suffix(row))
    for start in stride(from: values.count - row, through: 0, by: -row) {
      for place in 0..<row {
        let neighbour = start == 0 ? last[place] : values[start - row + place]
        values[start + place] = share * values[start + place] + (1 - share) * neighbour
      }
    }
  }

  private func replace(_ values: inout [Float], _ part: Rectangle, _ size: ImageSize, _ channels: Int) {
    let sample = size.height * size.width * channels
    let last = Array(values.suffix(sample))
    for start in stride(from: values.count - sample, through: 0, by: -sample) {
      for y in part.top..<part.top + part.height {
        let row = (y * size.width + part.left) * channels
        for place in row..<row + part.width * channels {
          values[start + place] = start == 0 ? last[place] : values[start - sample + place]
        }
      }
    }
  }
}

extension RandomStream {
  /// A number from Beta(alpha, alpha), as the share of one of two numbers of the gamma distribution.
  mutating func beta(_ alpha: Double) -> Double {
    let (first, second) = (gamma(alpha), gamma(alpha))
    return first + second > 0 ? first / (first + second) : 0.5
  }

  /// A number from the gamma distribution (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000).
  private mutating func gamma(_ shape: Double) -> Double {
    if shape < 1 {
      let power = pow(1 - uniform(in: 0...1), 1 / shape)
      return gamma(shape + 1) * power
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = (-2 * log(1 - uniform(in: 0...1))).squareRoot() * cos(2 * .pi * uniform(in: 0...1))
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - uniform(in: 0...1)) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// The rectangle of CutMix: around a random pixel, cut at the edges.
  mutating func cut(of size: ImageSize, share: Double) -> Rectangle {
    let (y, x) = (integer(below: size.height), integer(below: size.width))
    let half = 0.5 * (1 - share).squareRoot()
    let (rows, columns) = (Int(half * Double(size.height)), Int(half * Double(size.width)))
    let (top, left) = (max(y - rows, 0), max(x - columns, 0))
    return Rectangle(
      top: top, left: left, height: min(y + rows, size.height) - top, width: min(x + columns, size.width) - left)
  }
}
