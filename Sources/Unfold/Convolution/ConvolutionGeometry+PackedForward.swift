extension ConvolutionGeometry {
  /// ``forward(_:filter:bias:activation:context:)`` with a filter that was packed before.
  ///
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry,
  ///   ``UnfoldError/invalidArgument(_:expected:found:)`` for a filter that was packed for another one, and
  ///   ``UnfoldError/outOfMemory(bytes:)``.
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, packed filter: PackedFilter<Scalar>, bias: Tensor<Scalar>? = nil,
    activation: Activation = .identity, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var output = try Tensor<Scalar>(uninitialized: outputShape)
    try forward(input, packed: filter, bias: bias, activation: activation, into: &output, context: context)
    return output
  }

  /// As ``forward(_:packed:bias:activation:context:)``, into memory of the caller's, whatever it held.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, packed filter: PackedFilter<Scalar>, bias: Tensor<Scalar>?,
    activation: Activation = .identity, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(filter) {} }
    try forward(input, filter.operand(of: self), bias, activation, into: &output, context)
  }

  /// Whether ``forward(_:packed:bias:adding:activation:into:context:)`` knows how.
  package var canAdd: Bool { isPointwise && outputChannels > FewFiltersForward<Float>.mostFilters }

  /// Whether each pixel of the output depends on the pixel in its place alone, and on all of its channels.
  var isPointwise: Bool { groups == 1 && vertical.isPointwise && horizontal.isPointwise }

  /// `output = f(convolution + bias + term)`: what ends a residual block, in one pass over its output.
  ///
  /// - Parameter term: Of the output's shape, which it may share its memory with. Where ``canAdd``.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  package func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, packed filter: PackedFilter<Scalar>, bias: Tensor<Scalar>?, adding term: Tensor<Scalar>,
    activation: Activation, into output: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) {
    precondition(canAdd, "a sum is part of pointwise convolutions only")
    try output.requireShape(outputShape, "output")
    try output.copyElements(of: term, context: context)
    defer { withExtendedLifetime(filter) {} }
    try forward(input, filter.operand(of: self), bias, activation, into: &output, accumulates: true, context)
  }
}

extension PackedFilter {
  /// What a forward pass reads, which must outlive it.
  @inline(__always)
  func operand(of geometry: ConvolutionGeometry) throws(UnfoldError) -> FilterOperand<Scalar> {
    guard geometry == self.geometry else {
      throw .invalidArgument("packed filter", expected: "one of \(geometry)", found: "one of \(self.geometry)")
    }
    return FilterOperand(base: elements.base, packed: accuracy)
  }
}

/// The filter that a forward pass is given.
struct FilterOperand<Scalar: TensorScalar> {
  let base: UnsafePointer<Scalar>
  /// The accuracy that it was packed for; nil where it lies as it was given.
  var packed: ConvolutionAccuracy?
}
