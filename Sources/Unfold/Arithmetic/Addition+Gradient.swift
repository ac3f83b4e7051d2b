extension Addition {
  /// The gradient of the loss with respect to either term: they are the same.
  ///
  /// - Parameters:
  ///   - outputGradient: The gradient with respect to y = f(a + b).
  ///   - output: y, of the same shape. ``identity`` does not read it.
  ///   - context: The threads to use.
  /// - Returns: The same shape. Where y is NaN, so is the gradient.
  /// - Throws: ``UnfoldError`` where the shapes differ or memory is refused.
  /// - Complexity: O(`count`).
  /// - Note: For ``identity`` it is a copy. Pass the output gradient on instead where you can.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, output: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: output.shape)
    try self.inputGradient(outputGradient, output: output, into: &inputGradient, context: context)
    return inputGradient
  }

  /// ``inputGradient(_:output:context:)`` into a tensor of the same shape, which is overwritten.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, output: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try inputGradient.combine(
      output, outputGradient, context, ("sum", "gradient of the sum", "gradient of the terms")
    ) { range, y, dy, dx in
      switch self {
      case .identity: (dx + range.lowerBound).update(from: dy + range.lowerBound, count: range.count)
      case .relu: for i in range { dx[i] = Self.passed(dy[i], where: y[i]) }
      }
    }
  }

  /// `gradient = gradient where output > 0, else 0`: ``inputGradient(_:output:context:)`` in place of the output
  /// gradient. ``identity`` leaves it as it is.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func applyGradient<Scalar: TensorScalar>(
    to gradient: inout Tensor<Scalar>, output: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try gradient.requireShape(output.shape, "gradient of the sum")
    try output.shape.requireElements("sum")
    if self == .relu { try Activation.relu.applyGradient(to: &gradient, output: output, context: context) }
  }

  /// The gradient that relu lets through. The second comparison is false only for NaN, which stays.
  @inline(__always)
  private static func passed<Scalar: TensorScalar>(_ gradient: Scalar, where output: Scalar) -> Scalar {
    output > 0 ? gradient : output <= 0 ? 0 : output
  }
}
