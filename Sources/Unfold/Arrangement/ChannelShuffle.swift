/// The channels of groups, interleaved: the first of each group, then the second of each, so that the next layer with groups
/// sees channels of all of them. Shapes validated once and shared by the forward pass and the gradient, which is the shuffle
/// of `C / groups` groups.
///
/// ```swift
/// let shuffle = try ChannelShuffle(input: [8, 28, 28, 116], groups: 2)
/// let output = try shuffle.forward(input)
/// let inputGradient = try shuffle.inputGradient(outputGradient)
/// ```
///
/// ```
/// output[n, h, w, i groups + g] = input[n, h, w, g C / groups + i]            0 <= g < groups, 0 <= i < C / groups
/// ```
///
/// Each pixel is a matrix of a row for each group, which is transposed. PyTorch: `channel_shuffle`.
///
/// Source: Zhang, Zhou, Lin and Sun, "ShuffleNet" (2018), section 3.1.
public struct ChannelShuffle: UnaryOperator, Hashable {
  /// `[..., C]`.
  public let inputShape: Shape
  /// The same.
  public var outputShape: Shape { inputShape }
  /// The groups that are interleaved.
  public let groups: Int

  private let channels: Int
  private let pieces: RowPieces

  /// A validated shuffle.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`, or any shape of one axis or more, the last of which is the channels.
  ///   - groups: A divisor of C.
  /// - Throws: ``UnfoldError`` for an input without axes, an extent below 1, groups that do not divide the channels, and
  ///   sizes that leave `Int32` for an axis or the 47 bits of an address in bytes.
  public init(input: Shape, groups: Int) throws(UnfoldError) {
    guard let channels = input.extents.last else {
      throw .invalidArgument("channel shuffle input", expected: "[..., C]", found: "\(input)")
    }
    let count = try input.requireExtents("channel shuffle input")
    guard groups >= 1, channels % groups == 0 else {
      throw .invalidArgument("groups of the shuffle", expected: "a divisor of \(channels)", found: "\(groups)")
    }
    inputShape = input
    self.groups = groups
    self.channels = channels
    // A pixel is not cut.
    pieces = RowPieces(rows: count / channels, length: channels, mostPieces: 1)
  }

  /// The shuffled channels.
  ///
  /// - Parameters:
  ///   - input: ``inputShape``.
  ///   - output: Is overwritten: the same shape.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try interleave(groups, input, "channel shuffle input", into: &output, "channel shuffle output", context)
  }

  /// The gradient of the input: every element's gradient, moved back.
  ///
  /// - Parameters:
  ///   - outputGradient: ``inputShape``.
  ///   - inputGradient: Is overwritten: the same shape.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try interleave(
      channels / groups, outputGradient, "channel shuffle output gradient", into: &inputGradient,
      "channel shuffle input gradient", context)
  }

  /// Transposes each pixel. The names are for messages.
  @inline(__always)
  private func interleave<Scalar: TensorScalar>(
    _ groups: Int, _ maps: Tensor<Scalar>, _ name: StaticString, into shuffled: inout Tensor<Scalar>,
    _ shuffledName: StaticString, _ context: ExecutionContext
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(maps) {} }
    let (source, target) = try shuffled.outputBase(inputShape, "\(shuffledName)", from: maps, inputShape, "\(name)")
    let (channels, members) = (channels, channels / groups)
    context.forEach(pieces.tasks) { task, _ in
      for pixel in pieces.rows(of: task) {
        let (x, y) = (source + pixel &* channels, target + pixel &* channels)
        // The loop over the longer side is the inner one. With two groups the compiler interleaves vectors.
        if groups == 2 {
          for i in 0..<members {
            y[2 &* i] = x[i]
            y[2 &* i &+ 1] = x[members &+ i]
          }
        } else if members == 2 {
          for g in 0..<groups {
            y[g] = x[2 &* g]
            y[groups &+ g] = x[2 &* g &+ 1]
          }
        } else {
          transpose(from: x, stride: members, rows: groups, columns: members, into: y, stride: groups)
        }
      }
    }
  }
}
