extension Activation {
  /// `gradient *= f'(z)`: ``inputGradient(_:input:context:)`` in place of the output gradient.
  ///
  /// - Throws: ``UnfoldError`` for a parameter that is not finite (``validate()``) and where the shapes differ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func applyGradient<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try validate()
    try gradient.requireShape(input.shape, "activation gradient")
    let (base, saved) = (gradient.mutableBase(), input.base)
    defer { withExtendedLifetime(input) {} }
    let runs = try ElementRuns(of: input, "activation input")
    context.forEach(runs.tasks) { task, _ in
      runs.forEachBlock(of: task) { first, length in
        applyGradient(base + first, input: saved + first, count: length)
      }
    }
  }

  /// `gradient *= f'(z)` from y = f(z): ``inputGradient(_:output:context:)`` in place of the output gradient.
  ///
  /// - Throws: ``UnfoldError`` unless ``gradientFollowsFromOutput``, for a parameter that is not finite and where the
  ///   shapes differ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func applyGradient<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, output: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireOutputForm()
    try gradient.requireShape(output.shape, "activation gradient")
    let (base, saved) = (gradient.mutableBase(), output.base)
    defer { withExtendedLifetime(output) {} }
    let runs = try ElementRuns(of: output, "activation output")
    context.forEach(runs.tasks) { task, _ in
      runs.forEachBlock(of: task) { first, length in
        applyGradient(base + first, output: saved + first, count: length)
      }
    }
  }

  /// Throws unless the parameter is valid and the derivative follows from the output.
  func requireOutputForm() throws(UnfoldError) {
    try validate()
    guard gradientFollowsFromOutput else {
      throw .invalidArgument(
        "activation", expected: "one whose gradient follows from its output", found: "\(self)")
    }
  }
}
