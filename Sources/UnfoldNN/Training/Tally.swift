import Unfold

/// The counts over the batches of a pass.
struct Tally {
  let classes: Int
  /// The labels of classes that exist, and of these the ones that were recognised.
  private(set) var labels = 0
  private(set) var correct = 0
  /// Those whose class is among the five of the largest scores; counted in evaluations only.
  private(set) var amongFive = 0
  /// Which class was taken for which, in evaluations.
  private(set) var confusion: ConfusionMatrix?
  /// The intersections of found and true boxes divided by their unions, added up.
  var overlapSum = 0.0
  var boxes = 0
  /// The cross-entropy of the batch that was counted last.
  var classLoss = 0.0

  init(classes: Int, confusion: ConfusionMatrix? = nil) {
    self.classes = classes
    self.confusion = confusion
  }

  /// Counts the rows of `[..., K]` by their largest score, but those of a label to ignore.
  mutating func count<Scalar: TensorScalar>(_ logits: Tensor<Scalar>, labels: [Int], ignoring ignored: Int? = nil) {
    let classes = classes
    guard classes > 0, logits.count == classes * labels.count else { return }
    logits.withUnsafeBufferPointer { logits in
      for (row, label) in labels.enumerated() where label != ignored {
        var best = 0
        for index in 0..<classes where logits[row &* classes &+ index] > logits[row &* classes &+ best] {
          best = index
        }
        guard 0..<classes ~= label else { continue }
        self.labels += 1
        correct += label == best ? 1 : 0
        guard confusion != nil else { continue }
        confusion?.add(actual: label, predicted: best)
        if label == best {
          amongFive += 1
          continue
        }
        // Of equal scores the first counts as the larger, as above.
        let score = logits[row &* classes &+ label]
        var larger = 0
        for index in 0..<classes {
          let other = logits[row &* classes &+ index]
          if other > score || other == score && index < label { larger += 1 }
        }
        amongFive += larger < 5 ? 1 : 0
      }
    }
  }

  /// Counts boxes `[N, 4]`.
  mutating func countOverlaps<Scalar: TensorScalar>(_ found: Tensor<Scalar>, _ actual: Tensor<Scalar>) {
    found.withUnsafeBufferPointer { found in
      actual.withUnsafeBufferPointer { actual in
        for box in 0..<found.count / 4 {
          overlapSum += boxOverlap(found.sides(of: box), actual.sides(of: box))
          boxes += 1
        }
      }
    }
  }
}

extension UnsafeBufferPointer where Element: TensorScalar {
  fileprivate func sides(of box: Int) -> SIMD4<Double> {
    SIMD4(
      Double(self[4 * box]), Double(self[4 * box + 1]), Double(self[4 * box + 2]), Double(self[4 * box + 3]))
  }
}

/// The intersection of two boxes divided by their union (Jaccard 1912): left, top, right, bottom. 0 where either is
/// empty or turned inside out.
public func boxOverlap(_ one: SIMD4<Double>, _ other: SIMD4<Double>) -> Double {
  let width = min(one[2], other[2]) - max(one[0], other[0])
  let height = min(one[3], other[3]) - max(one[1], other[1])
  guard width > 0, height > 0 else { return 0 }
  func area(_ box: SIMD4<Double>) -> Double { (box[2] - box[0]) * (box[3] - box[1]) }
  return width * height / (area(one) + area(other) - width * height)
}
