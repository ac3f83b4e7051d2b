import Unfold

/// Batch normalisation by plain loops. Slow on purpose, and the judge of the engine: Ioffe and Szegedy (2015),
/// algorithms 1 and 2. The methods have the names and parameters of `BatchNormalization`'s own.
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
    let x = input.doubles
    for (c, set) in plain.sets.enumerated() {
      let (mean, squares) = set.moments(x)
      running.update(c, mean: mean, variance: squares / Double(geometry.pixels - 1), momentum: geometry.momentum)
    }
    let (affine, saved) = try plain.forward(input, scale: scale, shift: shift)
    return (try activated(affine.elements), saved)
  }

  /// Algorithm 2: `y = (x - running mean) / √(running variance + epsilon) scale + shift`.
  public func inferenceForward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, running: RunningMoments<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, geometry.inputShape, "batch normalization input")
    return try activated(affine(input, scale, shift, mean: running.mean.doubles, inverse: inverses(running)))
  }

  /// Section 3, line by line, of the output gradient times the derivative of the activation.
  public func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    saved: SavedMoments<Scalar>
  ) throws(UnfoldError) -> (input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    try expect(outputGradient, geometry.inputShape, "batch normalization output gradient")
    try expect(input, geometry.inputShape, "batch normalization input")
    let means = zip(saved.mean.doubles, saved.meanRemainder.doubles).map { $0 + $1 }
    let z = affine(input, scale, shift, mean: means, inverse: saved.inverseDeviation.doubles)
    return try plain.gradients(masked(outputGradient, z), input: input, scale: scale, saved: saved)
  }

  /// The gradients with mean and variance as constants: of `y = (x - running mean) d scale + shift`.
  public func frozenGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>
  ) throws(UnfoldError) -> (input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    try expect(outputGradient, geometry.inputShape, "batch normalization output gradient")
    try expect(input, geometry.inputShape, "batch normalization input")
    let (x, means, scales, inverse) = (input.doubles, running.mean.doubles, scale.doubles, inverses(running))
    let z = affine(input, scale, shift, mean: means, inverse: inverse)
    let g = try masked(outputGradient, z).doubles
    var (dx, ofScale, ofShift) = (x, scales.map { _ in 0.0 }, scales.map { _ in 0.0 })
    for i in x.indices {
      let c = i % geometry.channels
      dx[i] = g[i] * scales[c] * inverse[c]
      ofScale[c] += g[i] * (x[i] - means[c]) * inverse[c]
      ofShift[c] += g[i]
    }
    return (
      try Tensor(rounding: dx, shape: geometry.inputShape), try Tensor(rounding: ofScale, shape: scale.shape),
      try Tensor(rounding: ofShift, shape: scale.shape)
    )
  }

  /// The filter and the bias of a convolution with this normalisation folded in.
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
  private var plain: PlainNormalization {
    let channels = geometry.channels
    var sets: [NormalizedSet] = []
    for c in 0..<channels {
      sets.append(NormalizedSet(elements: (0..<geometry.pixels).map { pixel in pixel * channels + c }))
    }
    return PlainNormalization(
      sets: sets, epsilon: geometry.epsilon, savedShape: geometry.parameterShape,
      parameterShape: geometry.parameterShape, parameter: { $0 % channels })
  }

  private func inverses<Scalar>(_ running: RunningMoments<Scalar>) -> [Double] {
    running.variance.doubles.map { 1 / ($0 + geometry.epsilon).squareRoot() }
  }

  private func affine<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, _ scale: Tensor<Scalar>, _ shift: Tensor<Scalar>, mean: [Double], inverse: [Double]
  ) -> [Double] {
    let (x, scales, shifts) = (input.doubles, scale.doubles, shift.doubles)
    return x.indices.map { i in
      let c = i % geometry.channels
      return (x[i] - mean[c]) * inverse[c] * scales[c] + shifts[c]
    }
  }

  private func activated<Scalar: TensorScalar>(_ affine: [Double]) throws(UnfoldError) -> Tensor<Scalar> {
    try Tensor(rounding: affine.map(geometry.activation.reference.value), shape: geometry.inputShape)
  }

  private func masked<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, _ affine: [Double]
  ) throws(UnfoldError) -> Tensor<Scalar> {
    let dy = outputGradient.elements
    let activation = geometry.activation.reference
    return try Tensor(shape: geometry.inputShape) { i in Scalar(Double(dy[i]) * activation.derivative(affine[i])) }
  }
}

extension RunningMoments {
  /// `running = (1 - momentum) running + momentum batch`, for one channel.
  mutating func update(_ c: Int, mean newMean: Double, variance newVariance: Double, momentum: Double) {
    mean[c] = Scalar((1 - momentum) * Double(mean[c]) + momentum * newMean)
    variance[c] = Scalar((1 - momentum) * Double(variance[c]) + momentum * newVariance)
  }
}
