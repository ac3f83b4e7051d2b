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
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
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
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try validate()
    try outputGradient.requireShape(input.shape, "activation output gradient")
    try inputGradient.requireShape(input.shape, "activation input gradient")
    try multiply(try inputGradient.outputBase(), copying: outputGradient, byDerivativeAt: .input(input), context)
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
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, output: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireOutputForm()
    try outputGradient.requireShape(output.shape, "activation output gradient")
    try inputGradient.requireShape(output.shape, "activation input gradient")
    try multiply(try inputGradient.outputBase(), copying: outputGradient, byDerivativeAt: .output(output), context)
  }

  /// `gradient *= f'(z)`: ``inputGradient(_:input:context:)`` in place of the output gradient.
  ///
  /// - Throws: ``UnfoldError`` for a parameter that is not finite (``validate()``) and where the shapes differ.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func applyGradient<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try validate()
    try gradient.requireShape(input.shape, "activation gradient")
    try multiply(gradient.mutableBase(), copying: nil, byDerivativeAt: .input(input), context)
  }

  /// `gradient *= f'(z)` from y = f(z): ``inputGradient(_:output:context:)`` in place of the output gradient.
  ///
  /// - Throws: ``UnfoldError`` unless ``gradientFollowsFromOutput``, for a parameter that is not finite and where the
  ///   shapes differ.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func applyGradient<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, output: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireOutputForm()
    try gradient.requireShape(output.shape, "activation gradient")
    try multiply(gradient.mutableBase(), copying: nil, byDerivativeAt: .output(output), context)
  }

  /// Throws unless the parameter is valid and the derivative follows from the output.
  private func requireOutputForm() throws(UnfoldError) {
    try validate()
    guard gradientFollowsFromOutput else {
      throw .invalidArgument(
        "activation", expected: "one whose gradient follows from its output", found: "\(self)")
    }
  }

  /// What a derivative is computed from.
  private enum Saved<Scalar: TensorScalar> {
    case input(Tensor<Scalar>)
    case output(Tensor<Scalar>)
  }

  /// `gradient = outputGradient * f'`, or `gradient *= f'` without an output gradient, block by block.
  @inline(__always)
  private func multiply<Scalar: TensorScalar>(
    _ gradient: UnsafeMutablePointer<Scalar>, copying outputGradient: Tensor<Scalar>?,
    byDerivativeAt saved: Saved<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let (tensor, isInput) =
      switch saved {
      case .input(let input): (input, true)
      case .output(let output): (output, false)
      }
    defer { withExtendedLifetime((outputGradient, tensor)) {} }
    let (source, values) = (outputGradient?.base, tensor.base)
    let runs = try ElementRuns(of: tensor, isInput ? "activation input" : "activation output")
    context.forEach(runs.tasks) { task, _ in
      runs.forEachBlock(of: task) { first, length in
        if let source { (gradient + first).update(from: source + first, count: length) }
        if isInput {
          applyGradient(gradient + first, input: values + first, count: length)
        } else {
          applyGradient(gradient + first, output: values + first, count: length)
        }
      }
    }
  }
}
