import Unfold

/// Group or layer normalisation by plain loops: which values are normalised together is all that the two differ in. The
/// methods have the names and parameters of `SampleNormalization`'s own.
public struct ReferenceSampleNormalization {
  /// The shape of input and output.
  let inputShape: Shape
  /// What messages call it.
  let name: String
  let plain: PlainNormalization

  /// Every set of values by its own mean and variance.
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: SavedMoments<Scalar>) {
    try expect(input, inputShape, "\(name) input")
    let (output, saved) = try plain.forward(input, scale: scale, shift: shift)
    return (try Tensor(rounding: output.elements, shape: output.shape), saved)
  }

  /// The chain rule for every set of values.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>
  ) throws(UnfoldError) -> (input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    try expect(outputGradient, inputShape, "\(name) output gradient")
    return try plain.gradients(outputGradient, input: input, scale: scale, saved: saved)
  }
}

extension GroupNormalization {
  /// The same normalisation by plain loops: Wu and He (2018), equations 1 to 7. A set for each image and group: all
  /// pixels, C / groups neighbouring channels.
  public var reference: ReferenceSampleNormalization {
    let (channels, share) = (channels, channels / groups)
    var sets: [NormalizedSet] = []
    for n in 0..<batch {
      for group in 0..<groups {
        var elements: [Int] = []
        for pixel in 0..<pixels {
          for c in group * share..<(group + 1) * share { elements.append((n * pixels + pixel) * channels + c) }
        }
        sets.append(NormalizedSet(elements: elements))
      }
    }
    return ReferenceSampleNormalization(
      inputShape: inputShape, name: "group normalization",
      plain: PlainNormalization(
        sets: sets, epsilon: epsilon, savedShape: savedShape, parameterShape: parameterShape,
        parameter: { $0 % channels }))
  }
}

extension LayerNormalization {
  /// The same normalisation by plain loops: Ba, Kiros and Hinton (2016), equations 3 and 4. A set for each row.
  public var reference: ReferenceSampleNormalization {
    let length = length
    return ReferenceSampleNormalization(
      inputShape: inputShape, name: "layer normalization",
      plain: PlainNormalization(
        sets: (0..<rows).map { row in NormalizedSet(elements: Array(row * length..<(row + 1) * length)) },
        epsilon: epsilon, savedShape: savedShape, parameterShape: parameterShape, parameter: { $0 % length }))
  }
}
