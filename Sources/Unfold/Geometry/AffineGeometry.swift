/// What a convolution, a transposed convolution and a dense layer have in common: an affine map whose bias belongs to the
/// last axis of its output.
public protocol AffineGeometry: Sendable {
  /// `[..., K]`, the shape of the output and of its gradient.
  var outputShape: Shape { get }
  /// `[K]`.
  var biasShape: Shape { get }
}

extension AffineGeometry {
  /// The gradient of a loss with respect to the bias, `biasGradient[k] = sum over all but the last axis of
  /// outputGradient[..., k]`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[..., K]`, the gradient with respect to the output before the activation.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[K]`, summed over the batch.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where the tensor does not fit the geometry.
  /// - Complexity: O(`count`) additions.
  public func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var biasGradient = try Tensor<Scalar>(uninitialized: biasShape)
    try self.biasGradient(outputGradient, into: &biasGradient, context: context)
    return biasGradient
  }

  /// As ``biasGradient(_:context:)``, into memory of the caller's, whatever it held.
  public func biasGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into biasGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "output gradient")
    try biasGradient.requireShape(biasShape, "bias gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    try channelSums.write(outputGradient.base, to: try biasGradient.outputBase(), context)
  }

  /// The sums over all but the last axis of the output.
  var channelSums: ChannelSums {
    let (shape, channels) = (outputShape, biasShape[0])
    return ChannelSums(pixels: shape.elements / channels, channels: channels)
  }
}
