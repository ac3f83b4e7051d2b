import Unfold

/// Layer normalisation by plain loops: Ba, Kiros and Hinton (2016), equations 3 and 4. The methods have the names and
/// parameters of `LayerNormalization`'s own.
public struct ReferenceLayerNormalization {
  /// The shapes.
  public let geometry: LayerNormalization
}

extension LayerNormalization {
  /// The same normalisation by plain loops.
  public var reference: ReferenceLayerNormalization { ReferenceLayerNormalization(geometry: self) }
}

extension ReferenceLayerNormalization {
  /// Every row by its own mean and variance.
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: SavedMoments<Scalar>) {
    try expect(input, geometry.inputShape, "layer normalization input")
    let (output, saved) = try plain.forward(input, scale: scale, shift: shift)
    return (try Tensor(rounding: output.elements, shape: output.shape), saved)
  }

  /// The chain rule for every row.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>
  ) throws(UnfoldError) -> (input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    try expect(outputGradient, geometry.inputShape, "layer normalization output gradient")
    return try plain.gradients(outputGradient, input: input, scale: scale, saved: saved)
  }

  /// A set for each row.
  private var plain: PlainNormalization {
    let length = geometry.length
    return PlainNormalization(
      sets: (0..<geometry.rows).map { row in NormalizedSet(elements: Array(row * length..<(row + 1) * length)) },
      epsilon: geometry.epsilon, savedShape: geometry.savedShape, parameterShape: geometry.parameterShape,
      parameter: { $0 % length })
  }
}
