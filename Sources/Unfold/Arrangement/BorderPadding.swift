/// Rows and columns around maps, each side by itself: a value, the map's mirror image, its outermost pixels, or its
/// other end. Shapes validated once and shared by the forward pass and the gradient.
///
/// ```swift
/// let padding = try BorderPadding(input: [8, 28, 28, 64], by: .sides(top: 0, bottom: 1, left: 0, right: 1), with: .reflected)
/// let output = try padding.forward(input)                             // [8, 29, 29, 64]
/// let inputGradient = try padding.inputGradient(outputGradient)       // [8, 28, 28, 64]
/// ```
///
/// ```
/// output[n, p, q, c] = input[n, h(p), w(q), c]
/// ```
///
/// with h(p) = p - top where that is a row of the input; elsewhere the ``Border`` says which row is taken, or which
/// value. Columns likewise. A series `[N, 1, L, C]` is padded at the left and at the right.
///
/// Convolutions and poolings pad with zeros by themselves and write no padded copy. This operator is for other borders,
/// and for maps that must match others in size.
public struct BorderPadding: Hashable, Sendable {
  /// What the rows and columns around a map hold.
  public enum Border: Hashable, Sendable, Codable {
    /// One value.
    case constant(Double)
    /// The map's mirror image, its outermost pixels not repeated: `c b | a b c d | c b` (PyTorch: `"reflect"`).
    case reflected
    /// Its outermost pixels: `a a | a b c d | d d` (PyTorch: `"replicate"`).
    case replicated
    /// Its other end: `c d | a b c d | a b` (PyTorch: `"circular"`).
    case circular

    /// The value 0.
    public static let zeros = Border.constant(0)
  }

  /// `[N, H, W, C]`.
  public let inputShape: Shape
  /// `[N, top + H + bottom, left + W + right, C]`.
  public let outputShape: Shape
  /// What the rows and columns around the maps hold.
  public var border: Border { vertical.border }

  let vertical, horizontal: BorderAxis

  /// A validated padding.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - amounts: The rows and columns for each side; not ``Padding/same``, which needs a window.
  ///   - border: What they hold.
  /// - Throws: ``UnfoldError`` for an extent below 1, a negative amount, an amount that is not less than the input's
  ///   extent (reflected) or more than it (circular), and sizes that leave `Int32` for an axis or `Int` in bytes.
  public init(input: Shape, by amounts: Padding, with border: Border = .zeros) throws(UnfoldError) {
    guard input.rank == 4 else {
      throw .invalidArgument("padding input", expected: "[N, H, W, C]", found: "\(input)")
    }
    _ = try input.requireExtents("padding input")
    let (top, bottom, left, right) = try amounts.amounts("padding")
    let output: Shape = [input[0], top + input[1] + bottom, left + input[2] + right, input[3]]
    _ = try output.requireExtents("padding output")
    for (side, amount, extent) in [
      ("top", top, input[1]), ("bottom", bottom, input[1]), ("left", left, input[2]), ("right", right, input[2]),
    ] {
      switch border {
      case .constant, .replicated: break
      case .reflected:
        try require(
          "reflected padding at the \(side)", amount, in: 0..<extent, or: "less than the input's extent (\(extent))")
      case .circular:
        try require(
          "circular padding at the \(side)", amount, in: 0...extent, or: "at most the input's extent (\(extent))")
      }
    }
    inputShape = input
    outputShape = output
    vertical = BorderAxis(input: input[1], low: top, high: bottom, border: border)
    horizontal = BorderAxis(input: input[2], low: left, high: right, border: border)
  }
}
