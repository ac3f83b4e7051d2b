/// The maximum over groups of channels: of T blocks of K channels each, the largest for every k.
///
/// ```swift
/// let maxout = try Maxout(input: [64, 28, 28, 8 * 32], blocks: 8)
/// let (output, positions) = try maxout.forward(input)                                   // [64, 28, 28, 32]
/// let inputGradient = try maxout.inputGradient(outputGradient, positions: positions)
/// ```
///
/// ```
/// input   [ t = 0: k = 0 ... K-1 | t = 1: 0 ... K-1 | ... ]       output[..., k] = max over t of input[..., t K + k]
/// ```
///
/// After a convolution whose filters are copies of each other under T transforms, this is the lecture's
/// transform-invariant scan. Of equal numbers the first counts; a NaN makes the result NaN.
///
/// Source: Goodfellow et al., "Maxout Networks" (2013), equation 1.
public struct Maxout: Hashable, Sendable {
  /// `[..., T K]`.
  public let inputShape: Shape
  /// `[..., K]`: the output and the positions.
  public let outputShape: Shape
  /// T.
  public let blocks: Int
  /// K.
  public let channels: Int
  let pixels: Int

  /// A validated maximum.
  ///
  /// - Parameters:
  ///   - input: `[..., T K]`, at least one axis.
  ///   - blocks: T, 1 to 256, a divisor of the last extent.
  /// - Throws: ``UnfoldError`` with the offending numbers.
  public init(input: Shape, blocks: Int) throws(UnfoldError) {
    try require("blocks of maxout", blocks, in: 1...256, or: "1 to 256")
    guard input.rank >= 1, input[input.rank - 1] % blocks == 0 else {
      throw .invalidArgument(
        "maxout input", expected: "[..., C] with C a multiple of \(blocks)", found: "\(input)")
    }
    let count = try input.requireExtents("maxout input")
    inputShape = input
    self.blocks = blocks
    channels = input[input.rank - 1] / blocks
    outputShape = Shape(Array(input.extents.dropLast()) + [channels])
    pixels = count / input[input.rank - 1]
  }

  var pieces: RowPieces { RowPieces(rows: pixels, length: blocks * channels, mostPieces: 1) }
}

/// Which block each maximum came from: one byte an element. A value: copies are independent.
public struct MaxoutPositions: Sendable {
  private var storage: ByteStorage

  /// Memory for the positions of a maximum, all of them the first block's.
  ///
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  public init(for maxout: Maxout) throws(UnfoldError) {
    storage = try ByteStorage(zeros: maxout.pixels * maxout.channels)
  }

  /// The size.
  public var byteCount: Int { storage.byteCount }

  /// The first position, for kernels.
  var base: UnsafePointer<UInt8> { storage.base.assumingMemoryBound(to: UInt8.self) }

  /// Memory for writing every position.
  mutating func outputBase() throws(UnfoldError) -> UnsafeMutablePointer<UInt8> {
    try storage.outputBase(byteCount: byteCount).assumingMemoryBound(to: UInt8.self)
  }
}
