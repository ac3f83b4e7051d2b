/// The product of two tensors of one shape, element by element (the Hadamard product): `y = a b`.
///
/// ```swift
/// let output = try Multiplication().forward(a, b)
/// let (ofA, ofB) = try Multiplication().inputGradients(outputGradient, a, b)
/// ```
///
/// A gate for each channel instead of each element is ``ChannelScaling``.
public struct Multiplication: Hashable, Sendable {
  /// The product; it has no parameters.
  public init() {}

  /// `y = a b`, element by element.
  ///
  /// - Parameters:
  ///   - first: a, of any shape.
  ///   - second: b, of the same shape.
  ///   - context: The threads to use.
  /// - Returns: y, of the same shape.
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
    try output.combine(first, second, context, ("first factor", "second factor", "product")) { range, a, b, y in
      for i in range { y[i] = a[i] * b[i] }
    }
  }

  /// `product = product * factor`: ``forward(_:_:context:)`` in place.
  ///
  /// - Throws: ``UnfoldError`` where the shapes differ.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func apply<Scalar: TensorScalar>(
    to product: inout Tensor<Scalar>, multiplyingBy factor: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try product.update(with: factor, context, ("product", "factor")) { range, y, b in
      for i in range { y[i] *= b[i] }
    }
  }
}
