extension Loss {
  /// The loss and its gradient with respect to the prediction, both averaged over the instances.
  ///
  /// - Parameters:
  ///   - prediction: `[T, ...]`, see ``Loss`` for what it holds.
  ///   - target: The same shape; for ``softmaxCrossEntropy`` rows of probabilities over the last axis.
  ///   - classWeights: What the terms of each index of the last axis are multiplied by: finite, 0 or more.
  ///   - positiveWeights: What the target of each index of the last axis counts, for ``binaryCrossEntropy`` only.
  ///   - averaging: What the sum of all terms is divided by; not ``LossAveraging/weights``.
  ///   - context: The threads to use.
  /// - Returns: The value and the gradient, of the prediction's shape.
  /// - Throws: ``UnfoldError`` where the shapes differ, an extent is 0, weights or the loss's parameter are not valid,
  ///   or memory is refused.
  /// - Complexity: O(`count`).
  /// - Note: Lecture, "Problem Setup" and "The derivative".
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, target: Tensor<Scalar>, classWeights: [Double]? = nil,
    positiveWeights: [Double]? = nil, averaging: LossAveraging = .instances, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (value: Scalar, gradient: Tensor<Scalar>) {
    var gradient = try Tensor<Scalar>(uninitialized: prediction.shape)
    let value = try valueAndGradient(
      prediction, target: target, classWeights: classWeights, positiveWeights: positiveWeights, averaging: averaging,
      into: &gradient, context: context)
    return (value, gradient)
  }

  /// ``valueAndGradient(_:target:classWeights:positiveWeights:averaging:context:)`` with the gradient written into a
  /// tensor of the prediction's shape, which is overwritten.
  ///
  /// - Returns: The value.
  /// - Throws: ``UnfoldError`` as the form that returns both; the gradient is untouched then.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  @discardableResult
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, target: Tensor<Scalar>, classWeights: [Double]? = nil,
    positiveWeights: [Double]? = nil, averaging: LossAveraging = .instances, into gradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Scalar {
    try requirePrediction(prediction.shape)
    guard let divisor = averaging.divisor(of: prediction.shape) else {
      throw .invalidArgument("averaging of a loss without labels", expected: "another divisor", found: "\(averaging)")
    }
    let weights = try LossWeights<Scalar>(self, classWeights, positiveWeights, prediction.shape)
    let total = try sumOfTerms(
      prediction, target, weights, scale: 1 / Scalar(divisor), terms: nil, into: &gradient, context)
    return Scalar(total / divisor)
  }

  /// The sum of all terms, and their gradient times `scale`; the terms themselves where memory for them is given: an
  /// element each, or, for the softmax, a row each.
  @inline(__always)
  func sumOfTerms<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, _ target: Tensor<Scalar>, _ weights: LossWeights<Scalar>?, scale: Scalar,
    terms: UnsafeMutablePointer<Scalar>?, into gradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) -> Double {
    try target.requireShape(prediction.shape, "target of a loss")
    try gradient.requireShape(prediction.shape, "gradient of a loss")
    let rows = try LastAxisRows(of: prediction.shape, "prediction of a loss")
    let pass = LossPass(
      prediction: prediction.base, target: target.base, gradient: try gradient.outputBase(), terms: terms,
      weights: weights, scale: scale, runs: ElementRuns(count: prediction.count))
    defer { withExtendedLifetime((prediction, target)) {} }
    return switch self {
    case .softmaxCrossEntropy:
      try sum(overTasks: rows.tasks, context) { task in crossEntropy(rows, of: task, pass) }
    case .meanSquaredError: try pass.sumOfTerms(SquaredErrorFormula(), context)
    case .absoluteError: try pass.sumOfTerms(AbsoluteErrorFormula(), context)
    case .smoothAbsoluteError(let beta): try pass.sumOfTerms(SmoothAbsoluteErrorFormula(beta), context)
    case .huber(let delta): try pass.sumOfTerms(HuberFormula(delta), context)
    case .klDivergence: try pass.sumOfTerms(DivergenceFormula(), context)
    case .binaryCrossEntropy: try pass.sumOfTerms(BinaryCrossEntropyFormula(), context)
    }
  }
}

/// The weights of a loss's terms, where they differ.
struct LossWeights<Scalar: TensorScalar> {
  let classes, positives: ClassWeights<Scalar>

  /// The weights; nil where none are given.
  init?(
    _ loss: Loss, _ classWeights: [Double]?, _ positiveWeights: [Double]?, _ prediction: Shape
  ) throws(UnfoldError) {
    if positiveWeights != nil, loss != .binaryCrossEntropy {
      throw .invalidArgument("loss with positive weights", expected: "binaryCrossEntropy", found: "\(loss)")
    }
    if classWeights == nil, positiveWeights == nil { return nil }
    let length = prediction[prediction.rank - 1]
    classes = try ClassWeights(classWeights, classes: length, "class weights")
    positives = try ClassWeights(positiveWeights, classes: length, "positive weights")
  }
}

/// The memory of a loss, and the factor of its gradient.
struct LossPass<Scalar: TensorScalar> {
  let prediction, target: UnsafePointer<Scalar>
  let gradient: UnsafeMutablePointer<Scalar>
  let terms: UnsafeMutablePointer<Scalar>?
  let weights: LossWeights<Scalar>?
  let scale: Scalar
  let runs: ElementRuns

  /// The sum of a formula's terms over all elements, and their gradient.
  @inline(__always)
  func sumOfTerms<Formula: LossFormula>(
    _ formula: Formula, _ context: ExecutionContext
  ) throws(UnfoldError) -> Double where Formula.Scalar == Scalar {
    guard let weights else {
      return try sum(overTasks: runs.tasks, context) { task in elementwise(formula, of: task) }
    }
    return try sum(overTasks: runs.tasks, context) { task in weighted(formula, weights, of: task) }
  }

  /// The gradient of one task's elements, and the sum of their terms.
  @inline(__always)
  private func elementwise<Formula: LossFormula>(
    _ formula: Formula, of task: Int
  ) -> Double where Formula.Scalar == Scalar {
    var total = 0.0
    runs.forEachBlock(of: task) { first, length in
      let (y, d, result) = (prediction + first, target + first, gradient + first)
      // The terms are written to the gradient's memory first: a loop that also added them up would not vectorise.
      for i in 0..<length { result[i] = formula.term(y[i], d[i]) }
      total += sum(result, length) { formula.isNothing(y[$0], d[$0], positive: 1) }
      if let terms { (terms + first).update(from: result, count: length) }
      for i in 0..<length { result[i] = formula.derivative(y[i], d[i]) * scale }
    }
    return total
  }

  /// The same with weights. A term of weight 0 is left out, not multiplied by 0.
  @inline(__always)
  private func weighted<Formula: LossFormula>(
    _ formula: Formula, _ weights: LossWeights<Scalar>, of task: Int
  ) -> Double where Formula.Scalar == Scalar {
    var total = 0.0
    weights.classes.table.withUnsafeBufferPointer { classes in
      weights.positives.table.withUnsafeBufferPointer { positives in
        guard let classes = classes.baseAddress, let positives = positives.baseAddress else { return }
        runs.forEachBlock(of: task) { first, length in
          let (y, d, result) = (prediction + first, target + first, gradient + first)
          let (w, p) = (classes + first % weights.classes.period, positives + first % weights.positives.period)
          for i in 0..<length {
            let term = formula.term(y[i], d[i], positive: p[i])
            result[i] = w[i] == 0 ? 0 : w[i] * term
          }
          total += sum(result, length) { formula.isNothing(y[$0], d[$0], positive: p[$0]) }
          if let terms { (terms + first).update(from: result, count: length) }
          for i in 0..<length {
            let derivative = formula.derivative(y[i], d[i], positive: p[i]) * scale
            result[i] = w[i] == 0 ? 0 : w[i] * derivative
          }
        }
      }
    }
    return total
  }
}

/// The sum of some terms. Only if it is NaN, which is rare, they are checked one by one, and those that count as
/// nothing become 0.
@inline(__always)
private func sum<Scalar: TensorScalar>(
  _ terms: UnsafeMutablePointer<Scalar>, _ count: Int, _ isNothing: (_ index: Int) -> Bool
) -> Double {
  let total = doubleSum(count) { Double(terms[$0]) }
  guard total.isNaN else { return total }
  for i in 0..<count where terms[i].isNaN && isNothing(i) { terms[i] = 0 }
  return doubleSum(count) { Double(terms[$0]) }
}

/// The sum of one number a task, added in the order of the tasks.
@inline(__always)
func sum(
  overTasks tasks: Int, _ context: ExecutionContext, _ body: (_ task: Int) -> Double
) throws(UnfoldError) -> Double {
  try context.withScratch(bytes: tasks * MemoryLayout<Double>.stride) { scratch in
    let partials = scratch.assumingMemoryBound(to: Double.self)
    context.forEach(tasks) { task, _ in partials[task] = body(task) }
    var total = 0.0
    for task in 0..<tasks { total += partials[task] }
    return total
  }
}
