/// Channels that become pixels (depth to space): each pixel of C r r channels turns into a block of r x r pixels of C
/// channels. Shapes validated once and shared by the forward pass and the gradient, which is ``PixelUnshuffle``.
///
/// ```swift
/// let shuffle = try PixelShuffle(input: [1, 32, 32, 12], factor: 2)
/// let output = try shuffle.forward(input)                             // [1, 64, 64, 3]
/// let inputGradient = try shuffle.inputGradient(outputGradient)       // [1, 32, 32, 12]
/// ```
///
/// ```
/// output[n, h r + i, w r + j, c] = input[n, h, w, c r r + i r + j]
/// ```
///
/// The order of the channels, the block's place fastest, is that of PyTorch's `pixel_shuffle` and ONNX's `DepthToSpace`
/// in mode CRD.
///
/// Source: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
/// Neural Network" (2016), equation 4.
public struct PixelShuffle: UnaryOperator, Hashable {
  private let blocks: PixelBlocks

  /// `[N, H, W, C r r]`.
  public var inputShape: Shape { blocks.deepShape }
  /// `[N, H r, W r, C]`.
  public var outputShape: Shape { blocks.wideShape }

  /// A validated shuffle.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C r r]`.
  ///   - factor: r, 1 or more.
  /// - Throws: ``UnfoldError`` for an extent or factor below 1, channels that r r does not divide, and sizes that leave
  ///   `Int32` for an axis or the 47 bits of an address in bytes.
  public init(input: Shape, factor: Int) throws(UnfoldError) {
    blocks = try PixelBlocks(input, factor: factor, isWide: false, "pixel shuffle input")
  }

  /// The maps, r times as high and wide.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C r r]`.
  ///   - output: Is overwritten: `[N, H r, W r, C]`.
  ///   - context: The threads and the scratch memory.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try blocks.spread(input, "pixel shuffle input", into: &output, "pixel shuffle output", context)
  }

  /// The gradient of the input: every element's gradient, moved back.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, H r, W r, C]`.
  ///   - inputGradient: Is overwritten: `[N, H, W, C r r]`.
  ///   - context: The threads and the scratch memory.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try blocks.gather(
      outputGradient, "pixel shuffle output gradient", into: &inputGradient, "pixel shuffle input gradient", context)
  }
}
