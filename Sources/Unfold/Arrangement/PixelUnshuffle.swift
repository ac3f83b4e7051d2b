/// Pixels that become channels (space to depth): each block of r x r pixels of C channels turns into a pixel of C r r
/// channels. Shapes validated once and shared by the forward pass and the gradient; the inverse of ``PixelShuffle``.
///
/// ```swift
/// let unshuffle = try PixelUnshuffle(input: [1, 64, 64, 3], factor: 2)
/// let output = try unshuffle.forward(input)                           // [1, 32, 32, 12]
/// let inputGradient = try unshuffle.inputGradient(outputGradient)     // [1, 64, 64, 3]
/// ```
///
/// ```
/// output[n, p, q, c r r + i r + j] = input[n, p r + i, q r + j, c]
/// ```
///
/// The order of the channels is that of PyTorch's `pixel_unshuffle`.
public struct PixelUnshuffle: UnaryOperator, Hashable {
  private let blocks: PixelBlocks

  /// `[N, H, W, C]`.
  public var inputShape: Shape { blocks.wideShape }
  /// `[N, H / r, W / r, C r r]`.
  public var outputShape: Shape { blocks.deepShape }

  /// A validated unshuffle.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - factor: r, 1 or more, a divisor of H and W.
  /// - Throws: ``UnfoldError`` for an extent or factor below 1, a height or width that r does not divide, and sizes
  ///   that leave `Int32` for an axis or the 47 bits of an address in bytes.
  public init(input: Shape, factor: Int) throws(UnfoldError) {
    blocks = try PixelBlocks(input, factor: factor, isWide: true, "pixel unshuffle input")
  }

  /// The maps, of r r times as many channels.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - output: Is overwritten: `[N, H / r, W / r, C r r]`.
  ///   - context: The threads and the scratch memory.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try blocks.gather(input, "pixel unshuffle input", into: &output, "pixel unshuffle output", context)
  }

  /// The gradient of the input: every element's gradient, moved back.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, H / r, W / r, C r r]`.
  ///   - inputGradient: Is overwritten: `[N, H, W, C]`.
  ///   - context: The threads and the scratch memory.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try blocks.spread(
      outputGradient, "pixel unshuffle output gradient", into: &inputGradient, "pixel unshuffle input gradient",
      context)
  }
}
