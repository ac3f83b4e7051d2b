/// An operator of one tensor without parameters, such as ``Resampling`` or ``Cropping``: shapes that are validated once,
/// the forward pass and the gradient of the input.
///
/// A conforming type writes to memory of the caller's; the forms that return their result follow.
public protocol UnaryOperator: Sendable {
  /// The shape of the input and of its gradient.
  var inputShape: Shape { get }
  /// The shape of the output and of its gradient.
  var outputShape: Shape { get }

  /// Writes the output.
  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError)

  /// Writes the gradient of the loss with respect to the input.
  func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError)
}

extension UnaryOperator {
  /// The output.
  ///
  /// - Parameters:
  ///   - input: Of shape ``inputShape``.
  ///   - context: The threads and the scratch memory.
  /// - Returns: Of shape ``outputShape``.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try forward(input, into: &output, context: context)
    return output
  }

  /// The gradient of the loss with respect to the input.
  ///
  /// - Parameters:
  ///   - outputGradient: Of shape ``outputShape``.
  ///   - context: The threads and the scratch memory.
  /// - Returns: Of shape ``inputShape``.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try self.inputGradient(outputGradient, into: &inputGradient, context: context)
    return inputGradient
  }
}
