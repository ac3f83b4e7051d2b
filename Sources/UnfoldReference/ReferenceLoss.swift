import Glibc
import Unfold

extension Loss {
  /// The same function in the plainest form: see ``ReferenceLoss``.
  public var reference: ReferenceLoss { ReferenceLoss(loss: self) }
}

/// The lecture's `Loss = 1/T sum over i of div(Y[i], d[i])` ("Problem Setup") and `1/T sum over i of ddiv/dY` ("The
/// derivative"), one instance after the other, in double precision.
public struct ReferenceLoss: Sendable {
  let loss: Loss

  /// The loss and its gradient with respect to the prediction.
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, target: Tensor<Scalar>
  ) throws(UnfoldError) -> (value: Scalar, gradient: Tensor<Scalar>) {
    try expect(target, prediction.shape, "target of a loss")
    guard let instances = prediction.shape.extents.first, prediction.shape.rank > 1 || loss != .softmaxCrossEntropy
    else { throw .invalidArgument("prediction", expected: "[T, ...]", found: "\(prediction.shape)") }
    let y = prediction.elements.map { Double($0) }
    let d = target.elements.map { Double($0) }
    let size = y.count / max(instances, 1)
    var gradient = [Double](repeating: 0, count: y.count)
    var sum = 0.0
    for t in 0..<instances {
      let instance = t * size..<(t + 1) * size
      let classes = prediction.shape.extents.last ?? 1
      sum += divergence(Array(y[instance]), Array(d[instance]), classes)
      for (i, derivative) in derivatives(Array(y[instance]), Array(d[instance]), classes).enumerated() {
        gradient[t * size + i] = derivative / Double(instances)
      }
    }
    return (Scalar(sum / Double(instances)), try Tensor(gradient.map { Scalar($0) }, shape: prediction.shape))
  }

  /// The same for class labels: targets with a single 1 in each row.
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, labels: [Int]
  ) throws(UnfoldError) -> (value: Scalar, gradient: Tensor<Scalar>) {
    let classes = prediction.shape.extents.last ?? 1
    guard labels.count * classes == prediction.count else {
      throw .invalidArgument("labels", expected: "one for each row of \(prediction.shape)", found: "\(labels.count)")
    }
    let target = try Tensor<Scalar>(shape: prediction.shape) { i in labels[i / classes] == i % classes ? 1 : 0 }
    return try valueAndGradient(prediction, target: target)
  }

  /// div(Y, d) of one instance.
  func divergence(_ y: [Double], _ d: [Double], _ classes: Int) -> Double {
    var sum = 0.0
    for i in 0..<y.count {
      switch loss {
      case .meanSquaredError: sum += (y[i] - d[i]) * (y[i] - d[i])
      case .klDivergence: sum += d[i] == 0 ? 0 : d[i] * (log(d[i]) - y[i])
      case .binaryCrossEntropy:
        let probability = 1 / (1 + exp(-y[i]))
        sum -= d[i] * log(probability) + (1 - d[i]) * log(1 - probability)
      case .softmaxCrossEntropy: sum -= d[i] * log(probability(y, at: i, classes))
      }
    }
    return sum
  }

  /// ddiv/dY of one instance.
  func derivatives(_ y: [Double], _ d: [Double], _ classes: Int) -> [Double] {
    var derivatives = [Double](repeating: 0, count: y.count)
    for i in 0..<y.count {
      switch loss {
      case .meanSquaredError: derivatives[i] = 2 * (y[i] - d[i])
      case .klDivergence: derivatives[i] = -d[i]
      case .binaryCrossEntropy: derivatives[i] = 1 / (1 + exp(-y[i])) - d[i]
      case .softmaxCrossEntropy:
        // Every target of the row pulls on its own probability, and pushes all scores of the row.
        let row = i - i % classes
        for j in row..<row + classes {
          derivatives[i] += d[j] * (probability(y, at: i, classes) - (i == j ? 1 : 0))
        }
      }
    }
    return derivatives
  }

  /// The softmax, over its row, of the score at `index`.
  func probability(_ scores: [Double], at index: Int, _ classes: Int) -> Double {
    let row = index - index % classes
    var sum = 0.0
    for k in row..<row + classes { sum += exp(scores[k]) }
    return exp(scores[index]) / sum
  }
}
