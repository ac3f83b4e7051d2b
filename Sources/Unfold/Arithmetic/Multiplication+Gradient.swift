extension Multiplication {
  /// The gradients of the loss with respect to both factors, `da = dy b` and `db = dy a`.
  ///
  /// - Parameters:
  ///   - outputGradient: dy, the gradient with respect to the product.
  ///   - first: a, of the same shape.
  ///   - second: b, of the same shape.
  ///   - context: The threads to use.
  /// - Returns: da and db, of the same shape.
  /// - Throws: ``UnfoldError`` where the shapes differ or memory is refused.
  /// - Complexity: O(`count`), each tensor read or written once.
  /// - Note: One of them alone is a product: `forward(outputGradient, second)`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, _ first: Tensor<Scalar>, _ second: Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (first: Tensor<Scalar>, second: Tensor<Scalar>) {
    var ofFirst = try Tensor<Scalar>(uninitialized: first.shape)
    var ofSecond = try Tensor<Scalar>(uninitialized: first.shape)
    try inputGradients(outputGradient, first, second, into: &ofFirst, &ofSecond, context: context)
    return (ofFirst, ofSecond)
  }

  /// ``inputGradients(_:_:_:context:)`` into tensors of the same shape, which are overwritten.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, _ first: Tensor<Scalar>, _ second: Tensor<Scalar>,
    into firstGradient: inout Tensor<Scalar>, _ secondGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try second.requireShape(first.shape, "second factor")
    try outputGradient.requireShape(first.shape, "gradient of the product")
    try firstGradient.requireShape(first.shape, "gradient of the first factor")
    try secondGradient.requireShape(first.shape, "gradient of the second factor")
    defer { withExtendedLifetime((outputGradient, first, second)) {} }
    let (dy, a, b) = (outputGradient.base, first.base, second.base)
    let (da, db) = (try firstGradient.outputBase(), try secondGradient.outputBase())
    let runs = try ElementRuns(of: first, "first factor")
    context.forEach(runs.tasks) { task, _ in
      // Two loops over a block that stays in cache: in one loop, the compiler would have to check that five pointers do
      // not overlap.
      runs.forEachBlock(of: task) { start, length in
        for i in start..<start &+ length { da[i] = dy[i] * b[i] }
        for i in start..<start &+ length { db[i] = dy[i] * a[i] }
      }
    }
  }
}
