extension Addition {
  /// `y = f(a + b)`, element by element.
  ///
  /// - Parameters:
  ///   - first: a, of any shape.
  ///   - second: b, of the same shape.
  ///   - context: The threads to use.
  /// - Returns: y, of the same shape. A NaN in either stays.
  /// - Throws: ``UnfoldError`` where the shapes differ or memory is refused.
  /// - Complexity: O(`count`), each tensor read or written once.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ first: Tensor<Scalar>, _ second: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: first.shape)
    try forward(first, second, into: &output, context: context)
    return output
  }

  /// ``forward(_:_:context:)`` into a tensor of the same shape, which is overwritten.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ first: Tensor<Scalar>, _ second: Tensor<Scalar>, into output: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try second.requireShape(first.shape, "second term")
    try output.requireShape(first.shape, "sum")
    defer { withExtendedLifetime((first, second)) {} }
    let (a, b, y) = (first.base, second.base, try output.outputBase())
    let runs = try ElementRuns(of: first, "first term")
    context.forEach(runs.tasks) { task, _ in
      let range = runs.range(of: task)
      switch self {
      case .identity: for i in range { y[i] = a[i] + b[i] }
      case .relu: for i in range { y[i] = ReluFormula().value(a[i] + b[i]) }
      }
    }
  }

  /// `sum = f(sum + term)`: ``forward(_:_:context:)`` in place. With ``identity`` it accumulates: the gradient of a
  /// value that was used more than once is such a sum.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func apply<Scalar: TensorScalar>(
    to sum: inout Tensor<Scalar>, adding term: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try term.requireShape(sum.shape, "term")
    defer { withExtendedLifetime(term) {} }
    let (y, b) = (sum.mutableBase(), term.base)
    let runs = try ElementRuns(of: sum, "sum")
    context.forEach(runs.tasks) { task, _ in
      let range = runs.range(of: task)
      switch self {
      case .identity: for i in range { y[i] += b[i] }
      case .relu: for i in range { y[i] = ReluFormula().value(y[i] + b[i]) }
      }
    }
  }
}
