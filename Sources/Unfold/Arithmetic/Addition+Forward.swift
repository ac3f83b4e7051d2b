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
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
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
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ first: Tensor<Scalar>, _ second: Tensor<Scalar>, into output: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try output.combine(first, second, context, ("first term", "second term", "sum")) { range, a, b, y in
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
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func apply<Scalar: TensorScalar>(
    to sum: inout Tensor<Scalar>, adding term: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try sum.update(with: term, context, ("sum", "term")) { range, y, b in
      switch self {
      case .identity: for i in range { y[i] += b[i] }
      case .relu: for i in range { y[i] = ReluFormula().value(y[i] + b[i]) }
      }
    }
  }
}
