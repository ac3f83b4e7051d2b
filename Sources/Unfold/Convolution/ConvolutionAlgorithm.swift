/// How a convolution and its gradients are computed.
///
/// All give the same numbers but for rounding. ``automatic`` chooses for each pass, by the shape alone, so that results can
/// be reproduced: ``ConvolutionGeometry/algorithm(for:accuracy:of:)`` tells what.
public enum ConvolutionAlgorithm: Hashable, Sendable {
  /// Whichever a model of the costs expects to be fastest.
  case automatic
  /// The taps are added up without a product of matrices: depthwise convolutions; and grouped ones of 16 channels or more and as
  /// many filters, whose groups have 2, 4, or 8 to 64 of both in steps of 8.
  case direct
  /// A column matrix tile by tile (im2col, col2im) and GEMM by the BLAS that the engine is linked to. For study beside the
  /// lecture, and as what the engine's own kernels are measured against.
  case blas
  /// The same products by the engine's own kernels, which read the column matrix through addresses instead of copying it. For
  /// depthwise convolutions too.
  case im2col
  /// Winograd's minimal filtering, for the windows of ``WinogradTile``, of stride 1 in one group. Fewer
  /// operations and more rounding: `docs/accuracy.md` has the figures. A NaN or an infinity of the input reaches all pixels
  /// of its tile.
  case winograd(WinogradTile)
}

/// What ``ConvolutionAlgorithm/automatic`` may choose from. A geometry may have one, see ``ConvolutionGeometry/accuracy``; otherwise
/// that of the context counts.
public enum ConvolutionAccuracy: String, CaseIterable, Hashable, Sendable {
  /// Every algorithm.
  case fast
  /// Those that add up the products of the definition, in some order.
  case strict
}

extension ConvolutionAlgorithm: LosslessStringConvertible {
  private static let named: [(String, ConvolutionAlgorithm)] = [
    ("automatic", .automatic), ("blas", .blas), ("direct", .direct), ("im2col", .im2col),
    ("winograd2", .winograd(.two)), ("winograd4", .winograd(.four)),
  ]

  /// What ``init(_:)`` knows.
  public static let names = named.map(\.0)

  /// The algorithm of one of ``names``.
  public init?(_ description: String) {
    guard let found = Self.named.first(where: { $0.0 == description }) else { return nil }
    self = found.1
  }

  public var description: String { Self.named.first { $0.1 == self }?.0 ?? "" }
}
