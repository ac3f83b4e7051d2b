/// What the forward pass of a normalisation saves for its gradients: mean and inverse deviation of everything that was
/// normalised together. A value: the expert calls overwrite it in place, without a new allocation.
public struct SavedMoments<Scalar: TensorScalar>: Sendable {
  /// The means.
  public var mean: Tensor<Scalar>
  /// `1 / √(variance + epsilon)`, of the same shape.
  public var inverseDeviation: Tensor<Scalar>

  /// Moments that were computed elsewhere, or memory for them.
  public init(mean: Tensor<Scalar>, inverseDeviation: Tensor<Scalar>) {
    self.mean = mean
    self.inverseDeviation = inverseDeviation
  }

  /// Room for moments of a shape, uninitialised: a normalisation's `savedShape`.
  ///
  /// - Throws: ``UnfoldError`` for a negative extent, or where memory is refused.
  public init(uninitialized shape: Shape) throws(UnfoldError) {
    self.init(mean: try Tensor(uninitialized: shape), inverseDeviation: try Tensor(uninitialized: shape))
  }

  func requireShape(_ shape: Shape) throws(UnfoldError) {
    try mean.requireShape(shape, "saved mean")
    try inverseDeviation.requireShape(shape, "saved inverse deviation")
  }
}

/// The running averages of a batch normalisation, by which inference normalises.
///
/// ```
/// mean = (1 - momentum) mean + momentum (the batch's mean)
/// variance = (1 - momentum) variance + momentum (the batch's variance) M / (M - 1)
/// ```
///
/// The running variance takes the unbiased estimate, the division by M - 1 (as the paper does, and PyTorch).
public struct RunningMoments<Scalar: TensorScalar>: Sendable {
  /// `[C]`.
  public var mean: Tensor<Scalar>
  /// `[C]`.
  public var variance: Tensor<Scalar>

  /// Averages that were computed elsewhere.
  public init(mean: Tensor<Scalar>, variance: Tensor<Scalar>) {
    self.mean = mean
    self.variance = variance
  }

  /// Averages of a network that has seen nothing yet: mean 0, variance 1.
  ///
  /// - Throws: ``UnfoldError`` for a negative number of channels, or where memory is refused.
  public init(channels: Int) throws(UnfoldError) {
    self.init(mean: try Tensor(zeros: [channels]), variance: try Tensor(repeating: 1, shape: [channels]))
  }

  func requireShape(_ shape: Shape) throws(UnfoldError) {
    try mean.requireShape(shape, "running mean")
    try variance.requireShape(shape, "running variance")
  }
}

/// `1 / √(squares / count + epsilon)`.
@inline(__always)
func inverseDeviation(squares: Double, count: Double, epsilon: Double) -> Double {
  1 / (squares / count + epsilon).squareRoot()
}
