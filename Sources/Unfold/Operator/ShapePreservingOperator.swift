/// An operator whose output has the shape of its input, whatever that is, and whose gradient follows from its output:
/// ``Activation`` and ``Softmax``.
///
/// A conforming type writes to memory of the caller's; the forms that return their result follow.
public protocol ShapePreservingOperator: Sendable {
  /// Writes the output, of the input's shape.
  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError)

  /// Writes the gradient of the loss with respect to the input, from the output.
  func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, output: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext
  ) throws(UnfoldError)
}

extension ShapePreservingOperator {
  /// The output.
  ///
  /// - Parameters:
  ///   - input: Of any shape that the operator takes.
  ///   - context: The threads to use.
  /// - Returns: Of the same shape.
  /// - Throws: ``UnfoldError`` for a parameter or shape that the operator does not take, or if memory is refused.
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: input.shape)
    try forward(input, into: &output, context: context)
    return output
  }

  /// The gradient of the loss with respect to the input, from the output, so that the input need not be kept.
  ///
  /// - Parameters:
  ///   - outputGradient: Of the output's shape.
  ///   - output: What ``forward(_:context:)`` returned.
  ///   - context: The threads to use.
  /// - Returns: Of the same shape.
  /// - Throws: ``UnfoldError`` for different shapes, for an operator whose gradient does not follow from its output, or
  ///   if memory is refused.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, output: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: output.shape)
    try self.inputGradient(outputGradient, output: output, into: &inputGradient, context: context)
    return inputGradient
  }
}
