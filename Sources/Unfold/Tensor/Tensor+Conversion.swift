extension Tensor {
  /// The tensor with its elements converted to another scalar type, rounded to nearest.
  ///
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  public func converted<Other: TensorScalar>(to type: Other.Type) throws(UnfoldError) -> Tensor<Other> {
    defer { withExtendedLifetime(self) {} }
    let source = base
    return try Tensor<Other>(shape: shape) { Other(source[$0]) }
  }

  /// Whether every element is a finite number.
  public var isFinite: Bool { withUnsafeBufferPointer { $0.allSatisfy(\.isFinite) } }
}
