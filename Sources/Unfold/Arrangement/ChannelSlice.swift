/// Some adjacent channels of maps: what a block that leaves the other channels as they are computes with. Shapes validated
/// once and shared by the forward pass and the gradient, which has zeros in the other channels.
///
/// ```swift
/// let slice = try ChannelSlice(input: [8, 28, 28, 116], channels: 58..<116)
/// let output = try slice.forward(input)                               // [8, 28, 28, 58]
/// let inputGradient = try slice.inputGradient(outputGradient)         // [8, 28, 28, 116]
/// ```
///
/// ```
/// output[n, h, w, c] = input[n, h, w, c + first]
/// ```
///
/// Source: Ma, Zhang, Zheng and Sun, "ShuffleNet V2" (2018), section 3.2: the channel split.
public struct ChannelSlice: UnaryOperator, Hashable {
  /// The concatenation of what is before the slice, the slice and what is behind it: each one's forward pass is the
  /// other's gradient.
  private let whole: Concatenation
  /// The number of the slice among the inputs of ``whole``.
  private let number: Int

  /// `[..., C]`.
  public var inputShape: Shape { whole.outputShape }
  /// `[..., number of channels]`.
  public var outputShape: Shape { whole.inputShapes[number] }

  /// A validated slice.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`, or any shape of one axis or more, the last of which is the channels.
  ///   - channels: One or more of 0 ..< C.
  /// - Throws: ``UnfoldError`` for an input without axes, an extent below 1, channels that the input does not have, none,
  ///   and sizes that leave `Int32` for an axis or the 47 bits of an address in bytes.
  public init(input: Shape, channels: Range<Int>) throws(UnfoldError) {
    guard let count = input.extents.last else {
      throw .invalidArgument("channel slice input", expected: "[..., C]", found: "\(input)")
    }
    _ = try input.requireExtents("channel slice input")
    guard !channels.isEmpty, channels.lowerBound >= 0, channels.upperBound <= count else {
      throw .invalidArgument("channels of the slice", expected: "one or more of 0..<\(count)", found: "\(channels)")
    }
    func shape(_ channels: Int) -> Shape { Shape(input.extents.dropLast() + [channels]) }
    let counts = [channels.lowerBound, channels.count, count - channels.upperBound]
    whole = try Concatenation(inputs: counts.filter { $0 > 0 }.map(shape))
    number = channels.lowerBound > 0 ? 1 : 0
  }

  /// The channels of the slice.
  ///
  /// - Parameters:
  ///   - input: ``inputShape``.
  ///   - output: Is overwritten: ``outputShape``.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count` of the output).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try input.requireShape(inputShape, "channel slice input")
    try output.requireShape(outputShape, "channel slice output")
    try whole.inputGradient(input, of: number, into: &output, context: context)
  }

  /// The gradient of the input: the output gradient between channels of zeros.
  ///
  /// - Parameters:
  ///   - outputGradient: ``outputShape``.
  ///   - inputGradient: Is overwritten: ``inputShape``.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)``, ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count` of the input).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "channel slice output gradient")
    try inputGradient.requireShape(inputShape, "channel slice input gradient")
    defer { withExtendedLifetime(outputGradient) {} }
    let (source, target) = (outputGradient.base, try inputGradient.outputBase())
    let (before, pitch, rows) = whole.block(number)
    let length = rows.length
    // Whole rows: one may be of few channels.
    let pieces = RowPieces(rows: rows.rows, length: pitch, mostPieces: 1)
    context.forEach(pieces.tasks) { task, _ in
      let rows = pieces.rows(of: task)
      (target + rows.lowerBound &* pitch).update(repeating: 0, count: rows.count &* pitch)
      copyRuns(
        rows.count, of: length, from: source + rows.lowerBound &* length, step: length,
        to: target + (rows.lowerBound &* pitch &+ before), step: pitch)
    }
  }
}
