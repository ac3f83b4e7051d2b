import Glibc

/// Class labels as targets.
struct LabelTargets<Scalar: TensorScalar> {
  let labels: [Int]
  /// The sum of the weights of the labels that are not ignored.
  let weight: Double

  private let smoothing: Double
  private let classWeights: [Double]
  private let ignored: Int?

  /// Validated labels for a prediction.
  init(_ loss: LabelCrossEntropy, _ labels: [Int], _ prediction: Shape) throws(UnfoldError) {
    let (smoothing, classWeights, ignored) = (loss.smoothing, loss.classWeights, loss.ignoredLabel)
    try Loss.softmaxCrossEntropy.requirePrediction(prediction)
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

  /// The sum over all rows, and the gradient of that times `scale`; the terms of the rows where memory for them is
  /// given.
  @inline(__always)
  func sumOfTerms(
    _ prediction: Tensor<Scalar>, scale: Scalar, terms: UnsafeMutablePointer<Scalar>?,
    into gradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) -> Double {
    try gradient.requireShape(prediction.shape, "gradient of a loss")
    let rows = try LastAxisRows(of: prediction.shape, "prediction of a loss")
    let (scores, result) = (prediction.base, try gradient.outputBase())
    defer { withExtendedLifetime(prediction) {} }
    let length = rows.length
    return try withPointers { (labels, targets) throws(UnfoldError) in
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

  /// Calls `body` with the labels and what makes targets of them.
  @inline(__always)
  private func withPointers<Result>(
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
