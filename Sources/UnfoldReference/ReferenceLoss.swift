import Glibc
import Unfold

extension Loss {
  /// The same function in the plainest form: see `ReferenceLoss`.
  public var reference: ReferenceLoss { ReferenceLoss(loss: self) }
}

/// The lecture's `Loss = 1/T sum over i of div(Y[i], d[i])` ("Problem Setup") and `1/T sum over i of ddiv/dY` ("The
/// derivative"), one instance after the other, in double precision.
public struct ReferenceLoss: Sendable {
  let loss: Loss

  /// The loss and its gradient with respect to the prediction.
  ///
  /// The names and parameters are those of the loss's own method, weights being multiplied into each term.
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, target: Tensor<Scalar>, classWeights: [Double]? = nil,
    positiveWeights: [Double]? = nil, averaging: LossAveraging = .instances
  ) throws(UnfoldError) -> (value: Scalar, gradient: Tensor<Scalar>) {
    try expect(target, prediction.shape, "target of a loss")
    let extents = prediction.shape.extents
    guard let instances = extents.first, let classes = extents.last, extents.count > 1 || loss != .softmaxCrossEntropy
    else { throw .invalidArgument("prediction", expected: "[T, ...]", found: "\(prediction.shape)") }
    let y = prediction.elements.map { Double($0) }
    let d = target.elements.map { Double($0) }
    let weights = Weights(
      classes: classWeights ?? Array(repeating: 1, count: classes),
      positives: positiveWeights ?? Array(repeating: 1, count: classes))
    let size = y.count / max(instances, 1)
    let divisor: Double
    switch averaging {
    case .instances: divisor = Double(instances)
    case .rows: divisor = Double(y.count / classes)
    case .elements: divisor = Double(y.count)
    case .sum: divisor = 1
    case .weights: throw .invalidArgument("averaging", expected: "another divisor", found: "\(averaging)")
    }
    var gradient = [Double](repeating: 0, count: y.count)
    var sum = 0.0
    for t in 0..<instances {
      let instance = t * size..<(t + 1) * size
      sum += divergence(Array(y[instance]), Array(d[instance]), weights)
      for (i, derivative) in derivatives(Array(y[instance]), Array(d[instance]), weights).enumerated() {
        gradient[t * size + i] = derivative / divisor
      }
    }
    return (Scalar(sum / divisor), try Tensor(gradient.map { Scalar($0) }, shape: prediction.shape))
  }

  /// One number for each index of the last axis.
  struct Weights {
    let classes: [Double]
    let positives: [Double]
  }

  /// div(Y, d) of one instance.
  func divergence(_ y: [Double], _ d: [Double], _ weights: Weights) -> Double {
    var sum = 0.0
    for i in 0..<y.count {
      let k = i % weights.classes.count
      let distance = abs(y[i] - d[i])
      let term: Double =
        switch loss {
        case .meanSquaredError: distance * distance
        case .absoluteError: distance
        case .smoothAbsoluteError(let beta):
          distance < beta ? distance * distance / (2 * beta) : distance - beta / 2
        case .huber(let delta):
          distance < delta ? distance * distance / 2 : delta * (distance - delta / 2)
        case .klDivergence: product(d[i], log(d[i])) - product(d[i], y[i])
        case .binaryCrossEntropy:
          -weights.positives[k] * product(d[i], logSigmoid(y[i])) - product(1 - d[i], logSigmoid(-y[i]))
        case .softmaxCrossEntropy: -product(d[i], logProbability(y, at: i, weights.classes.count))
        }
      sum += weights.classes[k] * term
    }
    return sum
  }

  /// ddiv/dY of one instance.
  func derivatives(_ y: [Double], _ d: [Double], _ weights: Weights) -> [Double] {
    let classes = weights.classes.count
    var derivatives = [Double](repeating: 0, count: y.count)
    for i in 0..<y.count {
      let (difference, weight, positive) = (y[i] - d[i], weights.classes[i % classes], weights.positives[i % classes])
      let sign: Double = difference > 0 ? 1 : difference < 0 ? -1 : difference
      switch loss {
      case .meanSquaredError: derivatives[i] = weight * 2 * difference
      case .absoluteError: derivatives[i] = weight * sign
      case .smoothAbsoluteError(let beta):
        derivatives[i] = weight * (abs(difference) < beta ? difference / beta : sign)
      case .huber(let delta): derivatives[i] = weight * (abs(difference) < delta ? difference : delta * sign)
      case .klDivergence: derivatives[i] = -weight * d[i]
      case .binaryCrossEntropy:
        derivatives[i] = weight * ((1 - d[i]) / (1 + exp(-y[i])) - positive * d[i] / (1 + exp(y[i])))
      case .softmaxCrossEntropy:
        // Every target of the row raises its own score, and lowers all scores of the row.
        let row = i - i % classes
        let probability = exp(logProbability(y, at: i, classes))
        for j in row..<row + classes {
          derivatives[i] += weights.classes[j - row] * d[j] * (probability - (i == j ? 1 : 0))
        }
      }
    }
    return derivatives
  }

  /// A target times a logarithm: 0 log 0 is 0.
  func product(_ target: Double, _ logarithm: Double) -> Double {
    target == 0 && logarithm == -.infinity ? 0 : target * logarithm
  }

  /// log σ(z), where no exponential overflows.
  func logSigmoid(_ z: Double) -> Double { z >= 0 ? -log1p(exp(-z)) : z - log1p(exp(z)) }

  /// The logarithm of the softmax, over its row, of the score at `index`.
  func logProbability(_ scores: [Double], at index: Int, _ classes: Int) -> Double {
    let row = scores[index - index % classes..<index - index % classes + classes]
    let largest = row.reduce(-.infinity, max)
    return scores[index] - largest - log(row.reduce(0) { $0 + exp($1 - largest) })
  }
}
