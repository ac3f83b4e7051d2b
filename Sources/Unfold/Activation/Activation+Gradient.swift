extension Activation {
  /// The gradient of the loss with respect to z, `outputGradient * f'(z)` element by element.
  ///
  /// - Parameters:
  ///   - outputGradient: The gradient with respect to y = f(z).
  ///   - input: z, of the same shape.
  ///   - context: The threads to use.
  /// - Returns: The gradient with respect to z, of the same shape.
  /// - Throws: ``UnfoldError`` for a parameter that is not finite (``validate()``), where the shapes differ or memory
  ///   is refused.
  /// - Complexity: O(`count`). `Float` runs in vector registers; `Double` calls the C library for each element.
  /// - Note: Lecture, "Backpropagating through the activation": `dDiv/dz = dDiv/dy f'(z)`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: input.shape)
    try self.inputGradient(outputGradient, input: input, into: &inputGradient, context: context)
    return inputGradient
  }

  /// ``inputGradient(_:input:context:)`` into a tensor of the same shape, which is overwritten.
  ///
  /// - Throws: ``UnfoldError`` as the form that returns its result.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try validate()
    try outputGradient.requireShape(input.shape, "activation output gradient")
    try inputGradient.requireShape(input.shape, "activation input gradient")
    let target = try inputGradient.outputBase()
    let (source, saved) = (outputGradient.base, input.base)
    defer { withExtendedLifetime((outputGradient, input)) {} }
    let runs = try ElementRuns(of: input, "activation input")
    context.forEach(runs.tasks) { task, _ in
      runs.forEachBlock(of: task) { first, length in
        (target + first).update(from: source + first, count: length)
        applyGradient(target + first, input: saved + first, count: length)
      }
    }
  }

  /// The gradient of the loss with respect to z, computed from y = f(z), so that z need not be kept.
  ///
  /// - Parameters:
  ///   - outputGradient: The gradient with respect to y.
  ///   - output: y, of the same shape, as ``forward(_:context:)`` returned it.
  ///   - inputGradient: Is overwritten: the gradient with respect to z, of the same shape.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError`` unless ``gradientFollowsFromOutput``, and as ``inputGradient(_:input:context:)``.
  /// - Complexity: O(`count`).
  /// - Note: Lecture, "Backpropagating through the activation".
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, output: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireOutputForm()
    try outputGradient.requireShape(output.shape, "activation output gradient")
    try inputGradient.requireShape(output.shape, "activation input gradient")
    let target = try inputGradient.outputBase()
    let (source, saved) = (outputGradient.base, output.base)
    defer { withExtendedLifetime((outputGradient, output)) {} }
    let runs = try ElementRuns(of: output, "activation output")
    context.forEach(runs.tasks) { task, _ in
      runs.forEachBlock(of: task) { first, length in
        (target + first).update(from: source + first, count: length)
        applyGradient(target + first, output: saved + first, count: length)
      }
    }
  }
}
