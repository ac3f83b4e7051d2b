/// The divisor of the sum of a loss's terms.
public enum LossAveraging: Hashable, Sendable {
  /// T: the number of instances, without their weights.
  case instances
  /// The product of all extents but the last: pixels, for a class at each of them.
  case rows
  /// The product of all extents (PyTorch's `"mean"` of losses that compare element by element).
  case elements
  /// The sum of the weights of the labels: without weights the number of labels that are not ignored (PyTorch's
  /// `"mean"` of the cross-entropy of labels). Where that is 0, value and gradient are 0, not PyTorch's NaN. For labels
  /// only.
  case weights
  /// 1: the sum itself.
  case sum
}

extension LossAveraging {
  /// The divisor for a prediction; nil for ``weights``, which the labels determine.
  func divisor(of prediction: Shape) -> Double? {
    switch self {
    case .instances: Double(prediction[0])
    case .rows: prediction.indices.dropLast().reduce(1) { $0 * Double(prediction[$1]) }
    case .elements: prediction.indices.reduce(1) { $0 * Double(prediction[$1]) }
    case .sum: 1
    case .weights: nil
    }
  }
}
