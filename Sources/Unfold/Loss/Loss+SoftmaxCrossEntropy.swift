import Glibc

/// What the sum of a loss is divided by.
public enum LossAveraging: Hashable, Sendable {
  /// T: images.
  case instances
  /// The product of all extents but the last: pixels, for a class at each of them.
  case rows
}

extension Loss {
  /// The softmax cross-entropy of scores and class labels, and its gradient, averaged over the instances.
  ///
  /// The same as targets of one 1 a row, but without that tensor, and a score of -infinity other than the label's is
  /// allowed.
  ///
  /// With a smoothing of e the target is 1 - e + e / K for the label and e / K for every other class (Szegedy et al. 2016,
  /// section 7), so that scores do not grow without end.
  ///
  /// - Parameters:
  ///   - prediction: Scores `[T, ..., K]`.
  ///   - labels: One class from 0 to K - 1 for each row of the last axis, in row-major order.
  ///   - smoothing: e, 0 to less than 1.
  ///   - averaging: What the sum over all rows is divided by.
  ///   - context: Whose threads to use.
  /// - Returns: The value and the gradient, of the prediction's shape.
  /// - Throws: ``UnfoldError`` for another loss than ``softmaxCrossEntropy``, a wrong number of labels, a label out of
  ///   range, and as ``valueAndGradient(_:target:context:)``.
  /// - Complexity: O(`count`), one exponential an element and one logarithm a row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, labels: [Int], smoothing: Double = 0, averaging: LossAveraging = .instances,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (value: Scalar, gradient: Tensor<Scalar>) {
    var gradient = try Tensor<Scalar>(uninitialized: prediction.shape)
    let value = try valueAndGradient(
      prediction, labels: labels, smoothing: smoothing, averaging: averaging, into: &gradient, context: context)
    return (value, gradient)
  }

  /// ``valueAndGradient(_:labels:smoothing:averaging:context:)`` with the gradient written into a tensor of the prediction's shape,
  /// whatever that held.
  ///
  /// - Returns: The value.
  /// - Throws: ``UnfoldError`` as the form that returns both; the gradient is untouched then.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @discardableResult
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, labels: [Int], smoothing: Double = 0, averaging: LossAveraging = .instances,
    into gradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Scalar {
    guard self == .softmaxCrossEntropy else {
      throw .invalidArgument("loss of labels", expected: "softmaxCrossEntropy", found: "\(self)")
    }
    let instances = try instances(of: prediction.shape)
    try gradient.requireShape(prediction.shape, "gradient of a loss")
    let rows = try LastAxisRows(of: prediction.shape, "prediction of a loss")
    guard labels.count == rows.rows else {
      throw .invalidArgument(
        "labels", expected: "\(rows.rows), one for each row of \(prediction.shape)", found: "\(labels.count)")
    }
    for (row, label) in labels.enumerated() {
      try require("label of row \(row)", label, in: 0..<rows.length, or: "0 to \(rows.length - 1)")
    }
    let (scores, result) = (prediction.base, try gradient.outputBase())
    defer { withExtendedLifetime(prediction) {} }
    try require("label smoothing", smoothing, in: 0..<1, or: "0 to less than 1")
    let divisor = averaging == .rows ? max(1, rows.rows) : instances
    let scale = 1 / Scalar(divisor)
    let length = rows.length
    let share = smoothing / Double(length)
    let (certain, spread) = (scale * Scalar(1 - smoothing), scale * Scalar(share))
    let total = try labels.withUnsafeBufferPointer { (labels) throws(UnfoldError) in
      try sum(overTasks: rows.tasks, context) { task in
        var total = 0.0
        for row in rows.rows(of: task) {
          let (z, dz) = (scores + row &* length, result + row &* length)
          let label = labels[row]
          let (maximum, sum) = shiftedExponentials(z, into: dz, length)
          total += Glibc.log(sum) - Double(z[label] - maximum)
          let factor = scale * Scalar(1 / sum)
          if smoothing > 0 {
            // Of the logarithm of the sum the whole row takes part 1 again, of the scores each its target.
            total += smoothing * Double(z[label] - maximum) - share * doubleSum(length) { Double(z[$0] - maximum) }
            for k in 0..<length { dz[k] = dz[k] * factor - spread }
          } else {
            for k in 0..<length { dz[k] *= factor }
          }
          dz[label] -= certain
        }
        return total
      }
    }
    return Scalar(total / Double(divisor))
  }
}

/// The gradient of one task's rows, and the sum of their divergences.
///
/// With m and s of the softmax, -log softmax(z)[k] = log s - (z[k] - m), where neither term overflows; log s is taken
/// in double precision, so that the loss of a certain and correct prediction does not vanish in 1 + tiny.
@inline(__always)
func crossEntropy<Scalar: TensorScalar>(
  _ rows: LastAxisRows, of task: Int, _ scores: UnsafePointer<Scalar>, target: UnsafePointer<Scalar>,
  gradient: UnsafeMutablePointer<Scalar>, scale: Scalar
) -> Double {
  let length = rows.length
  var total = 0.0
  for row in rows.rows(of: task) {
    let (z, d, dz) = (scores + row &* length, target + row &* length, gradient + row &* length)
    let (maximum, sum) = shiftedExponentials(z, into: dz, length)
    let logarithm = Glibc.log(sum)
    total += doubleSum(length) { Double(d[$0]) * (logarithm - Double(z[$0] - maximum)) }
    // Targets are not required to sum to 1.
    let weight = doubleSum(length) { Double(d[$0]) }
    let factor = Scalar(weight / sum)
    for k in 0..<length { dz[k] = (dz[k] * factor - d[k]) * scale }
  }
  return total
}
