extension BatchNormalization {
  /// Folds this normalisation into the filter and the bias of the convolution before it, for inference. Only
  /// ``activation`` remains, which the convolution can apply.
  ///
  /// With d = scale / √(running variance + epsilon) for each filter k:
  ///
  /// ```
  /// filter'[..., k] = filter[..., k] d[k]        bias'[k] = (bias[k] - running mean[k]) d[k] + shift[k]
  /// ```
  ///
  /// Where the means are large against the deviations, the products with filter' are large too, and bias' cancels them:
  /// the output then has the rounding error of the convolution divided by the deviation.
  ///
  /// ```swift
  /// let folded = try normalization.folded(filter: filter, bias: nil, scale: scale, shift: shift, running: running)
  /// let output = try convolution.forward(
  ///   images, filter: folded.filter, bias: folded.bias, activation: normalization.activation)
  /// ```
  ///
  /// - Parameters:
  ///   - filter: `[R, S, C/groups, K]`, or the `[C, K]` of a dense layer: any rank, the last extent K = ``channels``.
  ///   - bias: `[K]`, nil for zeros.
  ///   - scale: `[K]`.
  ///   - shift: `[K]`.
  ///   - running: The running averages.
  /// - Returns: The filter, of the same shape, and the bias, `[K]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(R S C K).
  ///
  /// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
  /// Inference" (2018), section 3.2.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func folded<Scalar: TensorScalar>(
    filter: Tensor<Scalar>, bias: Tensor<Scalar>?, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>
  ) throws(UnfoldError) -> (filter: Tensor<Scalar>, bias: Tensor<Scalar>) {
    var foldedFilter = try Tensor<Scalar>(uninitialized: filter.shape)
    var foldedBias = try Tensor<Scalar>(uninitialized: parameterShape)
    try fold(
      filter: filter, bias: bias, scale: scale, shift: shift, running: running, intoFilter: &foldedFilter,
      bias: &foldedBias)
    return (foldedFilter, foldedBias)
  }

  /// As ``folded(filter:bias:scale:shift:running:)``, but writes the results to `foldedFilter` and `foldedBias`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func fold<Scalar: TensorScalar>(
    filter: Tensor<Scalar>, bias: Tensor<Scalar>?, scale: Tensor<Scalar>, shift: Tensor<Scalar>,
    running: RunningMoments<Scalar>, intoFilter foldedFilter: inout Tensor<Scalar>,
    bias foldedBias: inout Tensor<Scalar>
  ) throws(UnfoldError) {
    let rank = filter.shape.rank
    guard rank > 0, filter.shape[rank - 1] == channels else {
      throw .invalidArgument(
        "filter before batch normalization", expected: "[..., \(channels)]", found: "\(filter.shape)")
    }
    try bias?.requireShape(parameterShape, "bias")
    try requireParameters(scale, shift)
    try running.requireShape(parameterShape)
    try foldedFilter.requireShape(filter.shape, "folded filter")
    try foldedBias.requireShape(parameterShape, "folded bias")
    defer { withExtendedLifetime((filter, bias, scale, shift, running)) {} }
    let (source, target) = (filter.base, try foldedFilter.outputBase())
    let (means, variances) = (running.mean.base, running.variance.base)
    let (scales, shifts) = (scale.base, shift.base)
    // The factors are kept in the bias' memory while the rows of the filter are multiplied.
    let factors = try foldedBias.outputBase()
    for k in 0..<channels {
      let inverse = inverseDeviation(squares: Double(variances[k]), count: 1, epsilon: epsilon)
      factors[k] = Scalar(Double(scales[k]) * inverse)
    }
    for row in 0..<filter.count / channels {
      let (w, folded) = (source + row &* channels, target + row &* channels)
      for k in 0..<channels { folded[k] = w[k] * factors[k] }
    }
    let biases = bias?.base
    for k in 0..<channels {
      let inverse = inverseDeviation(squares: Double(variances[k]), count: 1, epsilon: epsilon)
      let centred = (biases.map { Double($0[k]) } ?? 0) - Double(means[k])
      factors[k] = Scalar(centred * Double(scales[k]) * inverse + Double(shifts[k]))
    }
  }
}
