extension Concatenation {
  /// The gradient of one input: its block of the output gradient.
  ///
  /// - Parameters:
  ///   - outputGradient: A tensor of ``outputShape``.
  ///   - index: The number of the input.
  ///   - context: The threads to use.
  /// - Returns: A tensor of the shape `inputShapes[index]`.
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for a number that no input has,
  ///   ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count` of the input gradient).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, of index: Int, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try requireInput(index)
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShapes[index])
    try self.inputGradient(outputGradient, of: index, into: &inputGradient, context: context)
    return inputGradient
  }

  /// As ``inputGradient(_:of:context:)``, but writes the result to `inputGradient`, or, if `accumulating`, added to it:
  /// the input of a concatenation is often used elsewhere too.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, of index: Int, into inputGradient: inout Tensor<Scalar>,
    accumulating: Bool = false, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireInput(index)
    try outputGradient.requireShape(outputShape, "concatenation output gradient")
    try inputGradient.requireShape(inputShapes[index], "concatenation input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    let source = outputGradient.base
    let target = accumulating ? inputGradient.mutableBase() : try inputGradient.outputBase()
    let (offset, pitch, pieces) = block(index)
    context.forEach(pieces.tasks) { task, _ in
      let (rows, elements) = (pieces.rows(of: task), pieces.elements(of: task))
      let taskSource = source + (rows.lowerBound &* pitch &+ offset &+ elements.lowerBound)
      let taskTarget = target + (rows.lowerBound &* pieces.length &+ elements.lowerBound)
      if accumulating {
        addRuns(rows.count, of: elements.count, from: taskSource, step: pitch, to: taskTarget, step: pieces.length)
      } else {
        copyRuns(rows.count, of: elements.count, from: taskSource, step: pitch, to: taskTarget, step: pieces.length)
      }
    }
  }
}
