/// Instance normalisation with running averages: in training every channel of each image is brought to mean 0 and variance 1
/// over its pixels, in inference by averages over the images that were seen.
///
/// ```swift
/// let normalization = try InstanceNormalization(input: [8, 56, 56, 64])
/// let (output, saved) = try normalization.trainingForward(input, scale: scale, shift: shift, updating: &running)
/// let gradients = try normalization.gradients(outputGradient, input: input, scale: scale, saved: saved)
/// let prediction = try normalization.inferenceForward(input, scale: scale, shift: shift, running: running)
/// ```
///
/// For image n and channel c, with sums over the `H W` pixels:
///
/// ```
/// mean[n, c] = sum of x / (H W)        variance[n, c] = sum of (x - mean[n, c])² / (H W)
/// y = (x - mean[n, c]) / √(variance[n, c] + epsilon) scale[c] + shift[c]
///
/// running mean     = (1 - momentum) running mean + momentum (mean over n of mean[n, c])
/// running variance = (1 - momentum) running variance + momentum (mean over n of variance[n, c] H W / (H W - 1))
/// ```
///
/// The training pass and its gradients are those of ``GroupNormalization`` with a group for each channel, which is instance
/// normalisation without running averages; inference is that of ``BatchNormalization``. As PyTorch's `InstanceNorm2d` with
/// `affine` and `track_running_stats`.
///
/// Source: Ulyanov, Vedaldi and Lempitsky, "Instance Normalization: The Missing Ingredient for Fast Stylization" (2016).
public struct InstanceNormalization: Hashable, Sendable {
  /// The training pass: a group for each channel.
  let images: GroupNormalization
  /// The inference pass.
  let averages: BatchNormalization

  /// A validated instance normalisation.
  ///
  /// - Parameters:
  ///   - input: `[N, ..., C]`, three axes or more, channels last.
  ///   - epsilon: What is added to the variance (PyTorch: `eps`).
  ///   - momentum: The share of a new batch in the running averages, 0 to 1.
  /// - Throws: ``UnfoldError`` with the offending numbers: fewer than three axes, extents below 1, sizes that leave `Int`,
  ///   an epsilon that is negative, not finite or above 0 and below 8.64e-78, a momentum outside 0 to 1.
  public init(input: Shape, epsilon: Double = 1e-5, momentum: Double = 0.1) throws(UnfoldError) {
    guard input.rank >= 3 else {
      throw .invalidArgument(
        "instance normalization input", expected: "[N, ..., C] with pixels", found: "\(input)")
    }
    averages = try BatchNormalization(input: input, epsilon: epsilon, momentum: momentum)
    images = try GroupNormalization(input: input, groups: averages.channels, epsilon: epsilon)
  }

  /// `[N, ..., C]`, the shape of input and output.
  public var inputShape: Shape { images.inputShape }
  /// C, the last extent.
  public var channels: Int { images.channels }
  /// H W, the values of a channel of an image.
  public var pixels: Int { images.pixels }
  /// What is added to the variance.
  public var epsilon: Double { images.epsilon }
  /// The share of a batch in the running averages.
  public var momentum: Double { averages.momentum }
  /// `[C]`: scale, shift, their gradients and the running averages.
  public var parameterShape: Shape { images.parameterShape }
  /// `[N, C]`: mean and inverse deviation.
  public var savedShape: Shape { images.savedShape }
}
