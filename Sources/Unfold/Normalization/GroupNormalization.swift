/// Group normalisation: the channels of each image are cut into groups, and every group is brought to mean 0 and
/// variance 1 over its channels and pixels. Nothing depends on the batch, so that training and inference are one
/// function.
///
/// ```swift
/// let normalization = try GroupNormalization(input: [8, 56, 56, 64], groups: 32)
/// let (output, saved) = try normalization.forward(input, scale: scale, shift: shift)
/// let gradients = try normalization.gradients(outputGradient, input: input, scale: scale, saved: saved)
/// ```
///
/// For image n and group g of C / groups neighbouring channels, with sums over the group's `H W C / groups` values:
///
/// ```
/// mean = sum of x / count        variance = sum of (x - mean)² / count
/// y[n, h, w, c] = (x[n, h, w, c] - mean) / √(variance + epsilon) scale[c] + shift[c]
/// ```
///
/// One group is layer normalisation with a scale for each channel; as many groups as channels are instance
/// normalisation. A NaN makes its group of its image NaN.
///
/// Source: Wu and He, "Group Normalization" (2018), equations 1 to 7.
public struct GroupNormalization: Hashable, Sendable {
  /// `[N, ..., C]`, the shape of input and output.
  public let inputShape: Shape
  /// N, the first extent.
  public let batch: Int
  /// H W, the product of the extents between the first and the last.
  public let pixels: Int
  /// C, the last extent.
  public let channels: Int
  /// The number of groups.
  public let groups: Int
  /// What is added to the variance.
  public let epsilon: Double

  /// A validated group normalisation.
  ///
  /// - Parameters:
  ///   - input: `[N, ..., C]`, two axes or more, channels last.
  ///   - groups: A divisor of C.
  ///   - epsilon: What is added to the variance (PyTorch: `eps`).
  /// - Throws: ``UnfoldError`` with the offending numbers: fewer than two axes, extents or groups below 1, groups that do
  ///   not divide the channels, sizes that no memory holds, an epsilon that is negative, not finite or above 0 and
  ///   below 8.64e-78.
  public init(input: Shape, groups: Int, epsilon: Double = 1e-5) throws(UnfoldError) {
    guard input.rank >= 2 else {
      throw .invalidArgument("group normalization input", expected: "[N, ..., C]", found: "\(input)")
    }
    let count = try normalizableElements(of: input, "group normalization input")
    let channels = input[input.rank - 1]
    try require("groups", groups, in: 1...Int(Int32.max), or: "1 to \(Int32.max)")
    guard channels % groups == 0 else {
      throw .groupsDoNotDivide(groups: groups, channels: channels, of: "channels")
    }
    try requireEpsilon(epsilon)
    inputShape = input
    batch = input[0]
    pixels = count / (input[0] * channels)
    self.channels = channels
    self.groups = groups
    self.epsilon = epsilon
  }

  /// `[C]`: scale, shift and their gradients.
  public var parameterShape: Shape { Shape(channels) }
  /// `[N, groups]`: mean and inverse deviation.
  public var savedShape: Shape { Shape(batch, groups) }

  /// C / groups.
  var groupChannels: Int { channels / groups }
  /// The values that are normalised together.
  var groupCount: Double { Double(pixels) * Double(groupChannels) }

  var lanes: PixelLanes { PixelLanes(images: batch, pixels: pixels, channels: channels) }

  /// Fills a plane with `value` of each channel and its group.
  @inline(__always)
  func fill<Scalar: TensorScalar>(
    _ plane: Int, of slot: LaneMemory<Scalar>.Slot, _ value: (_ channel: Int, _ group: Int) -> Scalar
  ) {
    for group in 0..<groups {
      for c in group * groupChannels..<(group + 1) * groupChannels { slot.vector[c] = value(c, group) }
    }
    slot.table.fill(plane, with: slot.vector)
  }
}
