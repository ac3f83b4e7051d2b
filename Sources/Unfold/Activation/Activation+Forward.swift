extension Activation: ShapePreservingOperator {
  /// `y = f(z)`, element by element.
  ///
  /// - Parameters:
  ///   - input: z, of any shape.
  ///   - output: Is overwritten: y, of the same shape.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError`` for a parameter that is not finite (``validate()``), or where memory is refused.
  /// - Complexity: O(`count`). `Float` runs in vector registers; `Double` calls the C library for each element.
  /// - Note: Lecture, "Pseudocode: Vector notation": `Y(l, j, x, y) = activation(z(l, j, x, y))`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try validate()
    try output.requireShape(input.shape, "activation output")
    let target = try output.outputBase()
    let source = input.base
    defer { withExtendedLifetime(input) {} }
    // Copied block by block and changed in place, so that one loop a function serves every caller.
    let runs = try ElementRuns(of: input, "activation input")
    context.forEach(runs.tasks) { task, _ in
      runs.forEachBlock(of: task) { first, length in
        (target + first).update(from: source + first, count: length)
        apply(target + first, count: length)
      }
    }
  }

  /// `z = f(z)`: ``forward(_:context:)`` in place.
  ///
  /// - Throws: ``UnfoldError`` for a parameter that is not finite (``validate()``).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func apply<Scalar: TensorScalar>(
    to tensor: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try validate()
    let base = tensor.mutableBase()
    let runs = try ElementRuns(of: tensor, "activation input")
    context.forEach(runs.tasks) { task, _ in
      runs.forEachBlock(of: task) { first, length in apply(base + first, count: length) }
    }
  }
}
