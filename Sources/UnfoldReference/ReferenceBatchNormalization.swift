import Unfold

/// Batch normalisation by plain loops. Slow on purpose, and the judge of the engine: Ioffe and Szegedy (2015), algorithms
/// 1 and 2. The methods have the names and parameters of ``BatchNormalization``'s own.
public struct ReferenceBatchNormalization {
  /// The shapes.
  public let geometry: BatchNormalization
}

extension BatchNormalization {
  /// The same normalisation by plain loops.
  public var reference: ReferenceBatchNormalization { ReferenceBatchNormalization(geometry: self) }
}

extension ReferenceBatchNormalization {
  /// Algorithm 1, and the running averages: `running = (1 - momentum) running + momentum batch`.
  public func trainingForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    updating running: inout RunningMoments<Scalar>
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: SavedMoments<Scalar>) {
    try expect(input, geometry.inputShape, "batch normalization input")
    let momentum = Scalar(geometry.momentum)
    let plain: PlainNormalization<Scalar> = plain()
    for (c, set) in plain.sets.enumerated() {
      let (mean, squares) = set.moments(input.elements)
      running.mean[c] = (1 - momentum) * running.mean[c] + momentum * mean
      running.variance[c] = (1 - momentum) * running.variance[c] + momentum * squares / Scalar(geometry.pixels - 1)
    }
    let (affine, saved) = try plain.forward(input, scale: scale, shift: shift)
    return (try activated(affine), saved)
  }

  /// Algorithm 2: `y = (x - running mean) / √(running variance + epsilon) scale + shift`.
  public func inferenceForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, running: RunningMoments<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, geometry.inputShape, "batch normalization input")
    let x = input.elements
    let affine = try Tensor<Scalar>(shape: geometry.inputShape) { i in
      let c = i % geometry.channels
      let deviation = (running.variance[c] + Scalar(geometry.epsilon)).squareRoot()
      return (x[i] - running.mean[c]) / deviation * scale[c] + shift[c]
    }
    return try activated(affine)
  }

  /// Section 3, line by line; where relu was applied, nothing comes from outputs that are 0.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    saved: SavedMoments<Scalar>
  ) throws(UnfoldError) -> (input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    try expect(outputGradient, geometry.inputShape, "batch normalization output gradient")
    try expect(input, geometry.inputShape, "batch normalization input")
    let (x, dy) = (input.elements, outputGradient.elements)
    let affineGradient = try Tensor<Scalar>(shape: geometry.inputShape) { i in
      let c = i % geometry.channels
      let affine = (x[i] - saved.mean[c]) * saved.inverseDeviation[c] * scale[c] + shift[c]
      return geometry.activation == .relu && affine <= 0 ? 0 : dy[i]
    }
    return try plain().gradients(affineGradient, input: input, scale: scale, saved: saved)
  }

  /// The filter and the bias that make this normalisation of a convolution superfluous.
  public func folded<Scalar: TensorScalar>(
    filter: Tensor<Scalar>, bias: Tensor<Scalar>?, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>
  ) throws(UnfoldError) -> (filter: Tensor<Scalar>, bias: Tensor<Scalar>) {
    let w = filter.elements
    func factor(_ k: Int) -> Scalar { scale[k] / (running.variance[k] + Scalar(geometry.epsilon)).squareRoot() }
    return (
      try Tensor(shape: filter.shape) { i in w[i] * factor(i % geometry.channels) },
      try Tensor(shape: geometry.parameterShape) { k in
        ((bias.map { $0[k] } ?? 0) - running.mean[k]) * factor(k) + shift[k]
      }
    )
  }

  /// A set for each channel: its values in all images and pixels.
  private func plain<Scalar>() -> PlainNormalization<Scalar> {
    let channels = geometry.channels
    var sets: [NormalizedSet] = []
    for c in 0..<channels {
      sets.append(NormalizedSet(elements: (0..<geometry.pixels).map { pixel in pixel * channels + c }))
    }
    return PlainNormalization(
      sets: sets, epsilon: geometry.epsilon, savedShape: geometry.parameterShape,
      parameterShape: geometry.parameterShape, parameter: { $0 % channels })
  }

  private func activated<Scalar: TensorScalar>(_ affine: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    let z = affine.elements
    return try Tensor(shape: affine.shape) { i in geometry.activation == .relu && z[i] < 0 ? 0 : z[i] }
  }
}
