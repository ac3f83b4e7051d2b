extension Loss {
  /// The loss and its gradient with respect to the prediction, both averaged over the instances.
  ///
  /// - Parameters:
  ///   - prediction: `[T, ...]`, see ``Loss`` for what it holds.
  ///   - target: The same shape; for ``softmaxCrossEntropy`` rows of probabilities over the last axis.
  ///   - context: Whose threads to use.
  /// - Returns: The value and the gradient, of the prediction's shape.
  /// - Throws: ``UnfoldError`` where the shapes differ, there is no instance, or memory is refused.
  /// - Complexity: O(`count`).
  /// - Note: Lecture, "Problem Setup" and "The derivative".
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, target: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (value: Scalar, gradient: Tensor<Scalar>) {
    var gradient = try Tensor<Scalar>(uninitialized: prediction.shape)
    let value = try valueAndGradient(prediction, target: target, into: &gradient, context: context)
    return (value, gradient)
  }

  /// ``valueAndGradient(_:target:context:)`` with the gradient written into a tensor of the prediction's shape,
  /// whatever that held.
  ///
  /// - Returns: The value.
  /// - Throws: ``UnfoldError`` as the form that returns both.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @discardableResult
  public func valueAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, target: Tensor<Scalar>, into gradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Scalar {
    let instances = try instances(of: prediction.shape)
    try target.requireShape(prediction.shape, "target of a loss")
    try gradient.requireShape(prediction.shape, "gradient of a loss")
    let rows = try LastAxisRows(of: prediction.shape, "prediction of a loss")
    let result = try gradient.outputBase()
    let (predicted, wanted) = (prediction.base, target.base)
    defer { withExtendedLifetime((prediction, target)) {} }
    let scale = 1 / Scalar(instances)
    let runs = ElementRuns(count: prediction.count)

    let total: Double =
      switch self {
      case .softmaxCrossEntropy:
        try sum(overTasks: rows.tasks, context) { task in
          crossEntropy(rows, of: task, predicted, target: wanted, gradient: result, scale: scale)
        }
      case .meanSquaredError:
        try sum(overTasks: runs.tasks, context) { task in
          elementwise(SquaredErrorFormula(), runs, of: task, predicted, wanted, gradient: result, scale: scale)
        }
      case .klDivergence:
        try sum(overTasks: runs.tasks, context) { task in
          elementwise(DivergenceFormula(), runs, of: task, predicted, wanted, gradient: result, scale: scale)
        }
      case .binaryCrossEntropy:
        try sum(overTasks: runs.tasks, context) { task in
          elementwise(BinaryCrossEntropyFormula(), runs, of: task, predicted, wanted, gradient: result, scale: scale)
        }
      }
    return Scalar(total / Double(instances))
  }
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

/// The gradient of one task's elements, and the sum of their terms.
@inline(__always)
private func elementwise<Formula: LossFormula>(
  _ formula: Formula, _ runs: ElementRuns, of task: Int, _ prediction: UnsafePointer<Formula.Scalar>,
  _ target: UnsafePointer<Formula.Scalar>, gradient: UnsafeMutablePointer<Formula.Scalar>, scale: Formula.Scalar
) -> Double {
  var total = 0.0
  runs.forEachBlock(of: task) { first, length in
    let (y, d, result) = (prediction + first, target + first, gradient + first)
    // The terms pass through the memory of the gradient: a loop that also added them up would not vectorise.
    for i in 0..<length { result[i] = formula.term(y[i], d[i]) }
    total += doubleSum(length) { Double(result[$0]) }
    for i in 0..<length { result[i] = formula.derivative(y[i], d[i]) * scale }
  }
  return total
}
