/// Batch normalisation: every channel is brought to mean 0 and variance 1 over all images and pixels of the batch, then
/// multiplied by a learned scale and moved by a learned shift.
///
/// ```swift
/// let normalization = try BatchNormalization(input: [64, 28, 28, 32], activation: .relu)
/// let (output, saved) = try normalization.trainingForward(input, scale: scale, shift: shift, updating: &running)
/// let gradients = try normalization.gradients(outputGradient, input: input, scale: scale, shift: shift, moments: .saved(saved))
/// let result = try normalization.inferenceForward(input, scale: scale, shift: shift, running: running)
/// ```
///
/// For each channel c, with the sums over the M = N H W pixels of the batch:
///
/// ```
/// mean = sum of x / M        variance = sum of (x - mean)² / M
/// y = f((x - mean) / √(variance + epsilon) scale + shift)
/// ```
///
/// f is an activation, applied in the same pass; its gradient is taken at what is computed again from x, so that neither
/// its input nor its output need be kept. Inference takes mean and variance from running averages
/// instead. A NaN in a channel makes the whole channel NaN.
///
/// Source: Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
/// Shift" (2015), algorithms 1 and 2.
public struct BatchNormalization: Hashable, Sendable {
  /// `[N, ..., C]`, the shape of input and output.
  public let inputShape: Shape
  /// M, the values of a channel: the product of all extents but the last.
  public let pixels: Int
  /// C, the last extent.
  public let channels: Int
  /// What is added to the variance.
  public let epsilon: Double
  /// The share of a batch in the running averages.
  public let momentum: Double
  /// f.
  public let activation: Activation

  /// A validated batch normalisation.
  ///
  /// - Parameters:
  ///   - input: `[N, ..., C]`, two axes or more, channels last.
  ///   - epsilon: What is added to the variance, so that a constant channel becomes `shift` (PyTorch: `eps`).
  ///   - momentum: The share of a new batch in the running averages, 0 to 1 (as in PyTorch; other libraries mean 1 -
  ///     momentum by it).
  ///   - activation: f.
  /// - Throws: ``UnfoldError`` with the offending numbers: fewer than two axes, extents below 1, sizes that no memory holds,
  ///   an epsilon that is negative, not finite or above 0 and below 8.64e-78, a momentum outside 0 to 1, an activation whose parameter
  ///   is not finite.
  public init(
    input: Shape, epsilon: Double = 1e-5, momentum: Double = 0.1, activation: Activation = .identity
  ) throws(UnfoldError) {
    guard input.rank >= 2 else {
      throw .invalidArgument("batch normalization input", expected: "[N, ..., C]", found: "\(input)")
    }
    let count = try normalizableElements(of: input, "batch normalization input")
    try requireEpsilon(epsilon)
    try require("momentum", momentum, in: 0...1, or: "0 to 1")
    try activation.validate()
    inputShape = input
    channels = input[input.rank - 1]
    pixels = count / channels
    self.epsilon = epsilon
    self.momentum = momentum
    self.activation = activation
  }

  /// `[C]`: scale, shift, their gradients and all moments.
  public var parameterShape: Shape { Shape(channels) }

  /// All pixels of the batch as those of one image.
  var lanes: PixelLanes { PixelLanes(images: 1, pixels: pixels, channels: channels) }
}

/// The number of elements of a shape whose extents are all at least 1 and whose tensors can be addressed.
func normalizableElements(of shape: Shape, _ name: String) throws(UnfoldError) -> Int {
  let limit = Int(Int32.max)
  for axis in 0..<shape.rank {
    try require("extent \(axis) of the \(name) \(shape)", shape[axis], in: 1...limit, or: "1 to \(limit)")
  }
  return try shape.requireMemory()
}

/// Throws unless epsilon is finite and 0 or large enough. It is added in double precision, so that it may be less than any
/// `Float`; but the inverse deviation of a constant channel, `1 / √epsilon`, must be finite in `Float`.
func requireEpsilon(_ epsilon: Double) throws(UnfoldError) {
  try require("epsilon", epsilon, in: 0...Double.greatestFiniteMagnitude, or: "a finite number, 0 or more")
  let least = 8.64e-78
  guard epsilon == 0 || epsilon >= least else {
    throw .invalidArgument(
      "epsilon", expected: "0, or \(least) or more, so that 1 / √epsilon is a Float", found: "\(epsilon)")
  }
}
