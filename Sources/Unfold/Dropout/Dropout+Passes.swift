extension Dropout {
  /// The input with some elements set to zero and the others enlarged.
  ///
  /// - Parameters:
  ///   - input: Of any shape.
  ///   - step: The number of the training step, which determines the mask together with the seed.
  ///   - context: The threads to use.
  /// - Returns: The same shape. A NaN stays, dropped or not.
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, step: UInt64, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: input.shape)
    try forward(input, step: step, into: &output, context: context)
    return output
  }

  /// ``forward(_:step:context:)`` into a tensor of the same shape, which is overwritten.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, step: UInt64, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try output.requireShape(input.shape, "dropout output")
    defer { withExtendedLifetime(input) {} }
    let (source, target) = (input.base, try output.outputBase())
    let mask = mask(step: step, as: Scalar.self)
    // Copied block by block and changed in place, so that one loop serves every caller.
    let runs = try ElementRuns(of: input, "dropout input")
    context.forEach(runs.tasks) { task, _ in
      runs.forEachBlock(of: task) { first, length in
        (target + first).update(from: source + first, count: length)
        mask.apply(to: target + first, first: first, count: length)
      }
    }
  }

  /// ``forward(_:step:context:)`` in place, which is also ``inputGradient(_:step:context:)`` in place.
  ///
  /// - Throws: ``UnfoldError`` for an extent of 0.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func apply<Scalar: TensorScalar>(
    to tensor: inout Tensor<Scalar>, step: UInt64, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    let base = tensor.mutableBase()
    let mask = mask(step: step, as: Scalar.self)
    let runs = try ElementRuns(of: tensor, "dropout input")
    context.forEach(runs.tasks) { task, _ in
      runs.forEachBlock(of: task) { first, length in mask.apply(to: base + first, first: first, count: length) }
    }
  }

  /// The gradient of the loss with respect to the input: the output gradient under the same mask.
  ///
  /// - Parameters:
  ///   - outputGradient: Of the input's shape.
  ///   - step: The step of the forward pass.
  ///   - context: The threads to use.
  /// - Returns: The same shape.
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, step: UInt64, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try forward(outputGradient, step: step, context: context)
  }

  /// ``inputGradient(_:step:context:)`` into a tensor of the same shape, which is overwritten.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, step: UInt64, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try forward(outputGradient, step: step, into: &inputGradient, context: context)
  }
}
