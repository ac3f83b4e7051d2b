/// A resampling of maps to another size. Its shapes are validated once and shared by the forward pass and the gradient.
/// Every channel is resampled by itself.
///
/// ```swift
/// let resampling = try Resampling(input: [8, 14, 14, 64], kind: .bilinear(to: Extent(28, 28), alignsCorners: false))
/// let output = try resampling.forward(input)                        // [8, 28, 28, 64]
/// let inputGradient = try resampling.inputGradient(outputGradient)  // [8, 14, 14, 64]
/// ```
///
/// Source: the lecture's "Recap: Resampling", "The Downsampling Layer" and "The Upsampling Layer".
public struct Resampling: UnaryOperator, Hashable {
  /// How an output pixel follows from the input. H x W is the input's size, P x Q the output's; formulas are given for
  /// the rows.
  public enum Kind: Hashable, Sendable, Codable {
    /// Keeps rows and columns 0, S, 2 S, … and drops the S - 1 between them, as a stride of S does: `P = ceil(H / S)`.
    case downsampling(by: Extent)
    /// Inserts S - 1 rows and columns of zeros. After the last row too (`P = H S`: the lecture's "increases the size by
    /// S"), or, without `trailingZeros`, only between rows (`P = H S - (S - 1)`: the zeros of a transposed
    /// convolution, and of the gradient of a convolution of stride S).
    case upsampling(by: Extent, trailingZeros: Bool = true)
    /// Repeats or skips rows and columns: row `p` of the output is row `floor(p H / P)` of the input, in exact
    /// arithmetic.
    case nearest(to: Extent)
    /// Interpolates between the four input pixels around a position: that of the pixel's centre, `max((p + 1/2) H / P -
    /// 1/2, 0)`; or, if `alignsCorners`, the one for which the corners' centres coincide, `p (H - 1) / (P - 1)` (0 for
    /// P = 1). Positions beyond the last pixel take its value. A pixel whose weight is 0 still takes part, so that an
    /// infinite one gives NaN.
    case bilinear(to: Extent, alignsCorners: Bool)
  }

  /// N, the number of images.
  public let batch: Int
  /// C, the channels of input and output.
  public let channels: Int
  /// How an output pixel follows from the input.
  public let kind: Kind

  let vertical, horizontal: ResamplingAxis

  /// A validated resampling.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`.
  ///   - kind: Which, by which factor or to which size.
  /// - Throws: ``UnfoldError`` with the offending numbers: extents, factors or sizes below 1, and sizes that leave
  ///   `Int32` for an axis or the 47 bits of an address in bytes.
  public init(input: Shape, kind: Kind) throws(UnfoldError) {
    guard input.rank == 4 else {
      throw .invalidArgument("resampling input", expected: "[N, H, W, C]", found: "\(input)")
    }
    let limit = Int(Int32.max)
    try require("batch", input[0], in: 1...limit, or: "1 to \(limit)")
    try require("channels", input[3], in: 1...limit, or: "1 to \(limit)")
    batch = input[0]
    channels = input[3]
    self.kind = kind
    vertical = try ResamplingAxis("height", input: input[1], kind.axis(\.height))
    horizontal = try ResamplingAxis("width", input: input[2], kind.axis(\.width))
    try inputShape.requireMemory()
    try outputShape.requireMemory()
  }

  /// `[N, H, W, C]`.
  public var inputShape: Shape { Shape(batch, vertical.input, horizontal.input, channels) }
  /// `[N, P, Q, C]`.
  public var outputShape: Shape { Shape(batch, vertical.output, horizontal.output, channels) }
}

extension Resampling.Kind {
  func axis(_ side: KeyPath<Extent, Int>) -> ResamplingAxis.Kind {
    switch self {
    case .downsampling(let factor): .downsampling(by: factor[keyPath: side])
    case .upsampling(let factor, let trailingZeros): .upsampling(by: factor[keyPath: side], trailingZeros)
    case .nearest(let size): .nearest(to: size[keyPath: side])
    case .bilinear(let size, let alignsCorners): .bilinear(to: size[keyPath: side], alignsCorners)
    }
  }
}
