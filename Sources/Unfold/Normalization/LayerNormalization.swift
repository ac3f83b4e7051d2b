/// Layer normalisation: every row, the values of the last axes, is brought to mean 0 and variance 1 by itself. Nothing
/// depends on the batch, so that training and inference are one function.
///
/// ```swift
/// let normalization = try LayerNormalization(input: [64, 128, 256])             // over the 256 values of each row
/// let (output, saved) = try normalization.forward(input, scale: scale, shift: shift)
/// let gradients = try normalization.gradients(outputGradient, input: input, scale: scale, saved: saved)
/// ```
///
/// For each row, with sums over its L values:
///
/// ```
/// mean = sum of x / L        variance = sum of (x - mean)² / L
/// y[i] = (x[i] - mean) / √(variance + epsilon) scale[i] + shift[i]
/// ```
///
/// A NaN makes its row NaN.
///
/// Source: Ba, Kiros and Hinton, "Layer Normalization" (2016), equations 3 and 4.
public struct LayerNormalization: Hashable, Sendable {
  /// The shape of input and output.
  public let inputShape: Shape
  /// The extents that are normalised together, the last of ``inputShape``: the shape of scale and shift.
  public let parameterShape: Shape
  /// The extents before them: the shape of mean and inverse deviation.
  public let savedShape: Shape
  /// The number of rows.
  public let rows: Int
  /// L, the values of a row.
  public let length: Int
  /// What is added to the variance.
  public let epsilon: Double

  /// A validated layer normalisation.
  ///
  /// - Parameters:
  ///   - input: The shape, of any rank.
  ///   - axes: How many of the last axes are normalised together: 1 for the channels of each pixel, 3 for whole images
  ///     `[N, H, W, C]` (PyTorch: the length of `normalized_shape`).
  ///   - epsilon: What is added to the variance (PyTorch: `eps`).
  /// - Throws: ``UnfoldError`` with the offending numbers: fewer than 1 or more axes than the input has, extents below 1,
  ///   sizes that no memory holds, an epsilon that is negative, not finite or above 0 and below 8.64e-78.
  public init(input: Shape, axes: Int = 1, epsilon: Double = 1e-5) throws(UnfoldError) {
    guard (1...max(input.rank, 1)).contains(axes), input.rank > 0 else {
      throw .invalidArgument(
        "axes of layer normalization", expected: "1 to the \(input.rank) of \(input)", found: "\(axes)")
    }
    let count = try normalizableElements(of: input, "layer normalization input")
    try requireEpsilon(epsilon)
    inputShape = input
    parameterShape = Shape(Array(input.extents.suffix(axes)))
    savedShape = Shape(Array(input.extents.dropLast(axes)))
    length = try parameterShape.elementCount()
    rows = count / length
    self.epsilon = epsilon
  }

  var partition: RowPartition { RowPartition(rows: rows, length: length) }
}

/// The tasks of a layer normalisation, by the shapes alone.
struct RowPartition {
  let rows, length: Int
  /// The slices that a long row is cut into; 1 where rows are short and stay in cache between sums and pass.
  let slices: Int
  /// The groups of short rows, each with parameter gradients of its own.
  let groups: Int
  /// The pieces of a long row that a task takes through all rows.
  let pieces: Int

  /// The elements of a slice, at most.
  static var sliceLength: Int { 16_384 }
  /// The elements of a piece, at most.
  static var pieceLength: Int { 1_024 }

  init(rows: Int, length: Int) {
    self.rows = rows
    self.length = length
    slices = ceilingDivision(length, Self.sliceLength)
    groups = max(1, min(rows * length >> 15, 32, rows))
    pieces = ceilingDivision(length, Self.pieceLength)
  }

  var isLong: Bool { slices > 1 }

  @inline(__always) func rows(of group: Int) -> Range<Int> { rows * group / groups..<rows * (group + 1) / groups }

  @inline(__always)
  func elements(ofSlice slice: Int) -> Range<Int> { length * slice / slices..<length * (slice + 1) / slices }

  @inline(__always)
  func elements(ofPiece piece: Int) -> Range<Int> { length * piece / pieces..<length * (piece + 1) / pieces }
}
