/// The moments that the forward pass of a normalisation saves for its gradients: mean and inverse deviation of each set
/// of values that was normalised together. A value: the expert calls overwrite it in place, without a new allocation.
public struct SavedMoments<Scalar: TensorScalar>: Sendable {
  /// The means, rounded to `Scalar`.
  public var mean: Tensor<Scalar>
  /// The part of the mean that this rounding removed, of the same shape: `mean + meanRemainder` is the mean in double
  /// precision. Values near 10,000 that differ by 0.001 differ by one step of `Float`, and their mean lies between two
  /// of its numbers.
  public var meanRemainder: Tensor<Scalar>
  /// `1 / √(variance + epsilon)`, of the same shape.
  public var inverseDeviation: Tensor<Scalar>

  /// Moments that were computed elsewhere.
  ///
  /// - Parameters:
  ///   - mean: The means.
  ///   - meanRemainder: What is to be added to them; nil for zeros.
  ///   - inverseDeviation: `1 / √(variance + epsilon)`.
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  public init(
    mean: Tensor<Scalar>, meanRemainder: Tensor<Scalar>? = nil, inverseDeviation: Tensor<Scalar>
  ) throws(UnfoldError) {
    self.mean = mean
    if let meanRemainder {
      self.meanRemainder = meanRemainder
    } else {
      self.meanRemainder = try Tensor(zeros: mean.shape)
    }
    self.inverseDeviation = inverseDeviation
  }

  /// Room for moments of a shape, uninitialised: a normalisation's `savedShape`.
  ///
  /// - Throws: ``UnfoldError`` for a negative extent, or where memory is refused.
  public init(uninitialized shape: Shape) throws(UnfoldError) {
    try self.init(
      mean: Tensor(uninitialized: shape), meanRemainder: Tensor(uninitialized: shape),
      inverseDeviation: Tensor(uninitialized: shape))
  }

  /// The bytes of all three.
  package var bytes: Int { 3 * mean.count * MemoryLayout<Scalar>.stride }

  func requireShape(_ shape: Shape) throws(UnfoldError) {
    try mean.requireShape(shape, "saved mean")
    try meanRemainder.requireShape(shape, "saved mean remainder")
    try inverseDeviation.requireShape(shape, "saved inverse deviation")
  }
}

/// Where saved moments lie.
struct SavedMomentsPointers<Scalar: TensorScalar> {
  let mean, remainder, inverse: UnsafeMutablePointer<Scalar>

  init(_ saved: inout SavedMoments<Scalar>) throws(UnfoldError) {
    mean = try saved.mean.outputBase()
    remainder = try saved.meanRemainder.outputBase()
    inverse = try saved.inverseDeviation.outputBase()
  }

  /// Saves the moments of one set of values.
  @inline(__always)
  func save(_ index: Int, mean exact: Double, squares: Double, count: Double, epsilon: Double) {
    let rounded = Scalar(exact)
    mean[index] = rounded
    remainder[index] = Scalar(exact - Double(rounded))
    inverse[index] = Scalar(inverseDeviation(squares: squares, count: count, epsilon: epsilon))
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

/// Where running averages lie while a training pass takes a batch into them.
struct RunningMomentsPointers<Scalar: TensorScalar> {
  private let mean, variance: UnsafeMutablePointer<Scalar>
  /// The shares of what was known and of the batch.
  private let (kept, taken): (Double, Double)

  init(_ running: inout RunningMoments<Scalar>, momentum: Double) {
    (mean, variance) = (running.mean.mutableBase(), running.variance.mutableBase())
    (kept, taken) = (1 - momentum, momentum)
  }

  /// Takes in a channel of the batch, with the unbiased estimate of its variance.
  @inline(__always)
  func take(_ c: Int, mean new: Double, variance newVariance: Double) {
    mean[c] = Scalar(kept * Double(mean[c]) + taken * new)
    variance[c] = Scalar(kept * Double(variance[c]) + taken * newVariance)
  }
}

/// `1 / √(squares / count + epsilon)`.
@inline(__always)
func inverseDeviation(squares: Double, count: Double, epsilon: Double) -> Double {
  1 / (squares / count + epsilon).squareRoot()
}

/// The range of sums of squared deviations that are correct when computed in `Scalar`: the squares of large numbers are
/// infinite there (a mean that is infinite makes them NaN), and those of small ones vanish. If a sum is not in the
/// range, it is made again in double precision.
struct SquareRange {
  /// A variance below 2^-90 may have lost a share of its squares, unless epsilon hides it.
  let least: Double

  @inline(__always) init(count: Double, epsilon: Double) { least = max(0x1p-90 - epsilon, 0) * count }

  @inline(__always)
  func contains(_ squares: Double) -> Bool { squares >= least && squares <= Double.greatestFiniteMagnitude }
}

extension UnsafePointer where Pointee: TensorScalar {
  /// Whether one of these inverse deviations is so large or so small that its square times a gradient may leave the
  /// range of `Scalar`.
  @inline(__always)
  func areWide(_ count: Int) -> Bool {
    var outside = 0
    for c in 0..<count { outside |= self[c] >= 0x1p-40 && self[c] <= 0x1p40 ? 0 : 1 }
    return outside != 0
  }
}
