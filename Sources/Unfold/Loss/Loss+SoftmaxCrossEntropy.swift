import Glibc

extension Loss {
  /// The softmax cross-entropy of scores and class labels, and its gradient, averaged over the instances.
  ///
  /// The same as one-hot targets, but without that tensor.
  ///
  /// With a smoothing of e the target is 1 - e + e / K for the label and e / K for every other class (Szegedy et al.
  /// 2016, section 7), so that scores do not grow without end. A score of -infinity excludes its class: it is allowed
  /// for every class but the label's, gets no share of e, and does not count in K.
  ///
  /// - Parameters:
  ///   - prediction: Scores `[T, ..., K]`.
  ///   - labels: One class from 0 to K - 1 for each row of the last axis, in row-major order.
  ///   - smoothing: e, 0 to less than 1.
  ///   - classWeights: What the target of each class is multiplied by: finite, 0 or more.
  ///   - ignoring: A label, of any number, whose rows are left out: they add nothing, and their gradient is 0.
  ///   - averaging: What the sum over all rows is divided by; ``LossAveraging/weights`` counts only rows that are not
  ///     left out.
  ///   - context: The threads to use.
  /// - Returns: The value and the gradient, of the prediction's shape.
  /// - Throws: ``UnfoldError`` for another loss than ``softmaxCrossEntropy``, a wrong number of labels, a label out of
  ///   range, and as ``valueAndGradient(_:target:classWeights:positiveWeights:averaging:context:)``.
  /// - Complexity: O(`count`), one exponential an element and one logarithm a row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, labels: [Int], smoothing: Double = 0, classWeights: [Double]? = nil,
    ignoring: Int? = nil, averaging: LossAveraging = .instances, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (value: Scalar, gradient: Tensor<Scalar>) {
    var gradient = try Tensor<Scalar>(uninitialized: prediction.shape)
    let value = try valueAndGradient(
      prediction, labels: labels, smoothing: smoothing, classWeights: classWeights, ignoring: ignoring,
      averaging: averaging, into: &gradient, context: context)
    return (value, gradient)
  }

  /// ``valueAndGradient(_:labels:smoothing:classWeights:ignoring:averaging:context:)`` with the gradient written into a
  /// tensor of the prediction's shape, which is overwritten.
  ///
  /// - Returns: The value.
  /// - Throws: ``UnfoldError`` as the form that returns both; the gradient is untouched then.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @discardableResult
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, labels: [Int], smoothing: Double = 0, classWeights: [Double]? = nil,
    ignoring: Int? = nil, averaging: LossAveraging = .instances, into gradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Scalar {
    let targets = try LabelTargets<Scalar>(self, labels, smoothing, classWeights, ignoring, prediction.shape)
    let divisor = averaging.divisor(of: prediction.shape) ?? targets.weight
    guard divisor > 0 else {
      try gradient.requireShape(prediction.shape, "gradient of a loss")
      try gradient.outputBase().update(repeating: 0, count: gradient.count)
      return 0
    }
    let total = try sumOfTerms(
      prediction, targets, scale: 1 / Scalar(divisor), terms: nil, into: &gradient, context)
    return Scalar(total / divisor)
  }

  /// The sum over all rows, and the gradient of that times `scale`; the terms of the rows where memory for them is
  /// given.
  @inline(__always)
  func sumOfTerms<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, _ targets: LabelTargets<Scalar>, scale: Scalar, terms: UnsafeMutablePointer<Scalar>?,
    into gradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) -> Double {
    try gradient.requireShape(prediction.shape, "gradient of a loss")
    let rows = try LastAxisRows(of: prediction.shape, "prediction of a loss")
    let (scores, result) = (prediction.base, try gradient.outputBase())
    defer { withExtendedLifetime(prediction) {} }
    let length = rows.length
    return try targets.withPointers { (labels, targets) throws(UnfoldError) in
      try sum(overTasks: rows.tasks, context) { task in
        var total = 0.0
        for row in rows.rows(of: task) {
          let term = targets.term(
            scores + row &* length, labels[row], gradient: result + row &* length, length, scale: scale)
          total += term
          if let terms { terms[row] = Scalar(term) }
        }
        return total
      }
    }
  }
}

/// Class labels as targets.
struct LabelTargets<Scalar: TensorScalar> {
  let labels: [Int]
  /// The sum of the weights of the labels that are not ignored.
  let weight: Double

  private let smoothing: Double
  private let classWeights: [Double]
  private let ignored: Int?

  /// Validated labels for a prediction.
  init(
    _ loss: Loss, _ labels: [Int], _ smoothing: Double, _ classWeights: [Double]?, _ ignored: Int?,
    _ prediction: Shape
  ) throws(UnfoldError) {
    guard loss == .softmaxCrossEntropy else {
      throw .invalidArgument("loss of labels", expected: "softmaxCrossEntropy", found: "\(loss)")
    }
    try loss.requirePrediction(prediction)
    let rows = try LastAxisRows(of: prediction, "prediction of a loss")
    guard labels.count == rows.rows else {
      throw .invalidArgument(
        "labels", expected: "\(rows.rows), one for each row of \(prediction)", found: "\(labels.count)")
    }
    if classWeights != nil { _ = try ClassWeights<Scalar>(classWeights, classes: rows.length, "class weights") }
    try require("label smoothing", smoothing, in: 0..<1, or: "0 to less than 1")
    var weight = 0.0
    for (row, label) in labels.enumerated() where label != ignored {
      try require("label of row \(row)", label, in: 0..<rows.length, or: "0 to \(rows.length - 1)")
      weight += classWeights?[label] ?? 1
    }
    self.labels = labels
    self.weight = weight
    self.smoothing = smoothing
    self.classWeights = classWeights ?? []
    self.ignored = ignored
  }

  /// Calls `body` with the labels and what makes targets of them.
  @inline(__always)
  func withPointers<Result>(
    _ body: (UnsafeBufferPointer<Int>, LabelTerms<Scalar>) throws(UnfoldError) -> Result
  ) throws(UnfoldError) -> Result {
    try labels.withUnsafeBufferPointer { (labels) throws(UnfoldError) in
      try classWeights.withUnsafeBufferPointer { (weights) throws(UnfoldError) in
        try body(
          labels,
          LabelTerms(smoothing: smoothing, classWeights: weights.isEmpty ? nil : weights.baseAddress, ignored: ignored))
      }
    }
  }
}

/// The term of each row of scores and its label in the loss.
struct LabelTerms<Scalar: TensorScalar> {
  let smoothing: Double
  let classWeights: UnsafePointer<Double>?
  let ignored: Int?

  /// The term of one row, and the gradient of that times `scale`.
  @inline(__always)
  func term(
    _ z: UnsafePointer<Scalar>, _ label: Int, gradient dz: UnsafeMutablePointer<Scalar>, _ length: Int, scale: Scalar
  ) -> Double {
    let weight = classWeights?[label == ignored ? 0 : label] ?? 1
    if label == ignored || (weight == 0 && smoothing == 0) {
      dz.update(repeating: 0, count: length)
      return 0
    }
    if smoothing > 0 && classWeights != nil { return smoothedTerm(z, label, gradient: dz, length, scale: scale) }
    let (maximum, sum) = shiftedExponentials(z, into: dz, length)
    let difference = Double(z[label] - maximum)
    var term = Glibc.log(sum) - difference
    // Finite scores may be further apart than the largest number.
    if term == .infinity { term = Glibc.log(sum) - (Double(z[label]) - Double(maximum)) }
    let scale = scale * Scalar(weight)
    let factor = scale * Scalar(1 / sum)
    if smoothing > 0 {
      let share = smoothing / Double(length)
      let differences = doubleSum(length) { Double(z[$0] - maximum) }
      if differences == -.infinity { return smoothedTerm(z, label, gradient: dz, length, scale: scale) }
      // The derivative of the logarithm of the sum spreads 1 over the row, and each score subtracts its target.
      term += smoothing * difference - share * differences
      let spread = scale * Scalar(share)
      for k in 0..<length { dz[k] = dz[k] * factor - spread }
    } else {
      for k in 0..<length { dz[k] *= factor }
    }
    dz[label] -= scale * Scalar(1 - smoothing)
    return weight * term
  }

  /// The same with a target for every class, where these differ: because of weights, or because some classes are
  /// excluded.
  @inline(never)
  private func smoothedTerm(
    _ z: UnsafePointer<Scalar>, _ label: Int, gradient dz: UnsafeMutablePointer<Scalar>, _ length: Int, scale: Scalar
  ) -> Double {
    let allowed = (0..<length).reduce(0) { $0 + (z[$1] == -.infinity ? 0 : 1) }
    let share = smoothing / Double(max(allowed, 1))
    return crossEntropyRow(z, gradient: dz, length, scale: scale) { k in
      let target = (z[k] == -.infinity ? 0 : share) + (k == label ? 1 - smoothing : 0)
      return Scalar(target * (classWeights?[k] ?? 1))
    }
  }
}

/// The gradient of one task's rows, and the sum of their divergences.
@inline(__always)
func crossEntropy<Scalar: TensorScalar>(_ rows: LastAxisRows, of task: Int, _ pass: LossPass<Scalar>) -> Double {
  guard let weights = pass.weights else { return crossEntropy(rows, of: task, pass) { d, k in d[k] } }
  return weights.classes.table.withUnsafeBufferPointer { weights in
    crossEntropy(rows, of: task, pass) { d, k in weights[k] == 0 ? 0 : d[k] * weights[k] }
  }
}

/// The same with the target of each row's class k.
@inline(__always)
private func crossEntropy<Scalar: TensorScalar>(
  _ rows: LastAxisRows, of task: Int, _ pass: LossPass<Scalar>,
  target: (_ row: UnsafePointer<Scalar>, _ k: Int) -> Scalar
) -> Double {
  let length = rows.length
  let (scores, targets, gradient, terms) = (pass.prediction, pass.target, pass.gradient, pass.terms)
  var total = 0.0
  for row in rows.rows(of: task) {
    let first = row &* length
    let d = targets + first
    let term = crossEntropyRow(scores + first, gradient: gradient + first, length, scale: pass.scale) { target(d, $0) }
    total += term
    if let terms { terms[row] = Scalar(term) }
  }
  return total
}

/// The gradient and the divergence of one row.
///
/// With m and s of the softmax, -log softmax(z)[k] = log s - (z[k] - m), where neither term overflows; log s is taken
/// in double precision, so that the loss of a certain and correct prediction does not vanish in 1 + tiny.
@inline(__always)
private func crossEntropyRow<Scalar: TensorScalar>(
  _ z: UnsafePointer<Scalar>, gradient dz: UnsafeMutablePointer<Scalar>, _ length: Int, scale: Scalar,
  target: (_ k: Int) -> Scalar
) -> Double {
  let (maximum, sum) = shiftedExponentials(z, into: dz, length)
  let logarithm = Glibc.log(sum)
  var term = doubleSum(length) { Double(target($0)) * (logarithm - Double(z[$0] - maximum)) }
  if !term.isFinite {
    // Rare, so checked only here: a probability of 0 where the target is 0 adds nothing, and finite scores may be
    // further apart than the largest number.
    term = 0
    for k in 0..<length {
      let (weight, difference) = (Double(target(k)), Double(z[k]) - Double(maximum))
      if weight != 0 || difference != -.infinity { term += weight * (logarithm - difference) }
    }
  }
  // Targets are not required to sum to 1.
  let weight = doubleSum(length) { Double(target($0)) }
  let factor = Scalar(weight / sum)
  for k in 0..<length { dz[k] = (dz[k] * factor - target(k)) * scale }
  return term
}
