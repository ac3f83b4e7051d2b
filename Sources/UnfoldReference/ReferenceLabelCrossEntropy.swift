import Unfold

extension LabelCrossEntropy {
  /// The same function in the plainest form: see `ReferenceLabelCrossEntropy`.
  public var reference: ReferenceLabelCrossEntropy { ReferenceLabelCrossEntropy(loss: self) }
}

/// The cross-entropy of class labels as that of the probabilities which they stand for.
public struct ReferenceLabelCrossEntropy: Sendable {
  let loss: LabelCrossEntropy

  /// The loss and its gradient: targets of 1 for the label and 0 for the others, smoothed over the classes that are not
  /// ruled out by a score of -infinity; all zeros where a label is ignored.
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, labels: [Int]
  ) throws(UnfoldError) -> (value: Scalar, gradient: Tensor<Scalar>) {
    let (smoothing, classWeights) = (loss.smoothing, loss.classWeights)
    let (ignoring, averaging) = (loss.ignoredLabel, loss.averaging)
    let probabilities = Loss.softmaxCrossEntropy.reference
    let classes = prediction.shape.extents.last ?? 1
    guard labels.count * classes == prediction.count else {
      throw .invalidArgument("labels", expected: "one for each row of \(prediction.shape)", found: "\(labels.count)")
    }
    let y = prediction.elements
    let target = try Tensor<Scalar>(shape: prediction.shape) { i in
      let (row, k) = (i / classes, i % classes)
      if labels[row] == ignoring { return 0 }
      let allowed = y[row * classes..<(row + 1) * classes].filter { $0 != -.infinity }.count
      let share = y[i] == -.infinity ? 0 : smoothing / Double(allowed)
      return Scalar(share + (labels[row] == k ? 1 - smoothing : 0))
    }
    guard averaging == .weights else {
      return try probabilities.valueAndGradient(
        prediction, target: target, classWeights: classWeights, averaging: averaging)
    }
    let divisor = labels.filter { $0 != ignoring }.reduce(0) { $0 + (classWeights?[$1] ?? 1) }
    let sum = try probabilities.valueAndGradient(
      prediction, target: target, classWeights: classWeights, averaging: .sum)
    let gradient = try Tensor<Scalar>(sum.gradient.elements.map { $0 / Scalar(divisor) }, shape: prediction.shape)
    return (sum.value / Scalar(divisor), gradient)
  }
}
