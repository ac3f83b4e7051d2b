import Foundation
import Unfold

extension LabelledImages {
  /// Every image turned about its centre by an angle of its own, uniform over the full circle: what "MNIST-rot" is to
  /// MNIST (Larochelle et al. 2007). Bilinear; what comes from outside is 0, and the corners are lost.
  ///
  /// - Parameter seed: Decides the angles; each image's is a function of the seed and its number.
  /// - Complexity: O(number of pixels).
  public func rotated(seed: UInt64) throws(UnfoldError) -> LabelledImages {
    var turned = [UInt8](repeating: 0, count: pixels.count)
    let length = height * width * channels
    for image in 0..<count {
      var generator = SeededGenerator(seed: seed, keys: UInt64(truncatingIfNeeded: image))
      let angle = 2 * Double.pi * generator.uniform(as: Double.self)
      rotate(image * length, by: (sin(angle), cos(angle)), into: &turned)
    }
    return try LabelledImages(pixels: turned, labels: labels, height: height, width: width, channels: channels)
  }

  private func rotate(_ first: Int, by turn: (sine: Double, cosine: Double), into turned: inout [UInt8]) {
    let (middleRow, middleColumn) = (Double(height - 1) / 2, Double(width - 1) / 2)
    for row in 0..<height {
      for column in 0..<width {
        // Where the pixel comes from: the turn backwards.
        let (y, x) = (Double(row) - middleRow, Double(column) - middleColumn)
        let sourceRow = turn.cosine * y - turn.sine * x + middleRow
        let sourceColumn = turn.sine * y + turn.cosine * x + middleColumn
        for channel in 0..<channels {
          let value = interpolated(first, sourceRow, sourceColumn, channel)
          turned[first + (row * width + column) * channels + channel] = UInt8(max(0, min(255, value.rounded())))
        }
      }
    }
  }

  /// The value between four pixels; 0 outside.
  private func interpolated(_ first: Int, _ row: Double, _ column: Double, _ channel: Int) -> Double {
    let (top, left) = (Int(row.rounded(.down)), Int(column.rounded(.down)))
    let (down, right) = (row - Double(top), column - Double(left))
    var sum = 0.0
    for (y, rowWeight) in [(top, 1 - down), (top + 1, down)] where 0..<height ~= y {
      for (x, columnWeight) in [(left, 1 - right), (left + 1, right)] where 0..<width ~= x {
        sum += rowWeight * columnWeight * Double(pixels[first + (y * width + x) * channels + channel])
      }
    }
    return sum
  }
}

extension ImageClassificationData {
  /// All images turned, see ``LabelledImages/rotated(seed:)``; those of the test part by other angles.
  public func rotated(seed: UInt64) throws(UnfoldError) -> ImageClassificationData {
    try ImageClassificationData(
      training: training.rotated(seed: seed), test: test.rotated(seed: ~seed), classNames: classNames)
  }
}
