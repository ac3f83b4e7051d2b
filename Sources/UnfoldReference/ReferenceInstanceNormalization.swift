import Unfold

/// Instance normalisation with running averages by plain loops. The methods have the names and parameters of
/// `InstanceNormalization`'s own.
public struct ReferenceInstanceNormalization {
  /// The shapes.
  public let geometry: InstanceNormalization
}

extension InstanceNormalization {
  /// The same normalisation by plain loops.
  public var reference: ReferenceInstanceNormalization { ReferenceInstanceNormalization(geometry: self) }
}

extension ReferenceInstanceNormalization {
  /// Every channel of every image by its own moments, whose means over the images the running averages take in.
  public func trainingForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    updating running: inout RunningMoments<Scalar>
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: SavedMoments<Scalar>) {
    try expect(input, geometry.inputShape, "instance normalization input")
    let x = input.doubles
    let (images, pixels) = (geometry.inputShape[0], geometry.pixels)
    for c in 0..<geometry.channels {
      var (mean, variance) = (0.0, 0.0)
      for n in 0..<images {
        let moments = set(n, c).moments(x)
        mean += moments.mean / Double(images)
        variance += moments.squares / Double(pixels - 1) / Double(images)
      }
      running.update(c, mean: mean, variance: variance, momentum: geometry.momentum)
    }
    let (output, saved) = try plain.forward(input, scale: scale, shift: shift)
    return (try Tensor(rounding: output.elements, shape: output.shape), saved)
  }

  /// The chain rule for every channel of every image.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>
  ) throws(UnfoldError) -> (input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    try expect(outputGradient, geometry.inputShape, "instance normalization output gradient")
    return try plain.gradients(outputGradient, input: input, scale: scale, saved: saved)
  }

  /// The pixels of a channel of an image.
  private func set(_ image: Int, _ channel: Int) -> NormalizedSet {
    NormalizedSet(
      elements: (0..<geometry.pixels).map { pixel in
        (image * geometry.pixels + pixel) * geometry.channels + channel
      })
  }

  private var plain: PlainNormalization {
    let channels = geometry.channels
    var sets: [NormalizedSet] = []
    for n in 0..<geometry.inputShape[0] {
      for c in 0..<channels { sets.append(set(n, c)) }
    }
    return PlainNormalization(
      sets: sets, epsilon: geometry.epsilon, savedShape: geometry.savedShape, parameterShape: geometry.parameterShape,
      parameter: { $0 % channels })
  }
}
