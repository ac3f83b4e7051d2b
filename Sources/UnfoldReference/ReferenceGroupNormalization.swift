import Unfold

/// Group normalisation by plain loops: Wu and He (2018), equations 1 to 7. The methods have the names and parameters of
/// `GroupNormalization`'s own.
public struct ReferenceGroupNormalization {
  /// The shapes.
  public let geometry: GroupNormalization
}

extension GroupNormalization {
  /// The same normalisation by plain loops.
  public var reference: ReferenceGroupNormalization { ReferenceGroupNormalization(geometry: self) }
}

extension ReferenceGroupNormalization {
  /// Every group of every image by its own mean and variance.
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: SavedMoments<Scalar>) {
    try expect(input, geometry.inputShape, "group normalization input")
    let (output, saved) = try plain.forward(input, scale: scale, shift: shift)
    return (try Tensor(rounding: output.elements, shape: output.shape), saved)
  }

  /// The chain rule for every group of every image.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>
  ) throws(UnfoldError) -> (input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    try expect(outputGradient, geometry.inputShape, "group normalization output gradient")
    return try plain.gradients(outputGradient, input: input, scale: scale, saved: saved)
  }

  /// A set for each image and group: all pixels, C / groups neighbouring channels.
  private var plain: PlainNormalization {
    let (channels, share) = (geometry.channels, geometry.channels / geometry.groups)
    var sets: [NormalizedSet] = []
    for n in 0..<geometry.batch {
      for group in 0..<geometry.groups {
        var elements: [Int] = []
        for pixel in 0..<geometry.pixels {
          for c in group * share..<(group + 1) * share {
            elements.append((n * geometry.pixels + pixel) * channels + c)
          }
        }
        sets.append(NormalizedSet(elements: elements))
      }
    }
    return PlainNormalization(
      sets: sets, epsilon: geometry.epsilon, savedShape: geometry.savedShape,
      parameterShape: geometry.parameterShape, parameter: { $0 % channels })
  }
}
