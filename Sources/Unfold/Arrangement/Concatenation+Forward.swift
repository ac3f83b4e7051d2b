extension Concatenation {
  /// The tensors, joined.
  ///
  /// - Parameters:
  ///   - inputs: One tensor for each of ``inputShapes``.
  ///   - context: The threads to use.
  /// - Returns: A tensor of ``outputShape``.
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for another number of tensors,
  ///   ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`), each element read and written once.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ inputs: [Tensor<Scalar>], context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try forward(inputs, into: &output, context: context)
    return output
  }

  /// As ``forward(_:context:)``, but writes the result to `output`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ inputs: [Tensor<Scalar>], into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    guard inputs.count == inputShapes.count else {
      throw .invalidArgument(
        "inputs of the concatenation", expected: "\(inputShapes.count) tensors", found: "\(inputs.count)")
    }
    try output.requireShape(outputShape, "concatenation output")
    for index in inputs.indices { try inputs[index].requireShape(inputShapes[index], "concatenation input") }
    let target = try output.outputBase()
    for index in inputs.indices {
      copy(inputs[index].base, index, into: target, context)
      withExtendedLifetime(inputs[index]) {}
    }
  }

  /// Writes the part of the output that one input makes and leaves the rest as it is, so that each input can be joined
  /// when it is ready.
  ///
  /// - Parameters:
  ///   - input: A tensor of the shape `inputShapes[index]`.
  ///   - index: Its number.
  ///   - output: A tensor of ``outputShape``.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for a number that no input has,
  ///   ``UnfoldError/shapeMismatch(of:expected:found:)``.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, at index: Int, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireInput(index)
    try input.requireShape(inputShapes[index], "concatenation input")
    try output.requireShape(outputShape, "concatenation output")
    defer { withExtendedLifetime(input) {} }
    copy(input.base, index, into: output.mutableBase(), context)
  }

  private func copy<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ index: Int, into output: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) {
    let (offset, pitch, pieces) = block(index)
    context.forEach(pieces.tasks) { task, _ in
      let (rows, elements) = (pieces.rows(of: task), pieces.elements(of: task))
      copyRuns(
        rows.count, of: elements.count,
        from: input + (rows.lowerBound &* pieces.length &+ elements.lowerBound), step: pieces.length,
        to: output + (rows.lowerBound &* pitch &+ offset &+ elements.lowerBound), step: pitch)
    }
  }
}
