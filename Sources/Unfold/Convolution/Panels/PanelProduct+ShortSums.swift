import CKernels

/// Sums of so few terms that what they take is to write them: the input gradient of a segmentation's last layer, of 2 classes
/// and 64 channels, writes 256 bytes for each 8 that it reads.
///
/// ```
///                K                      C
///            +------+              +---------+           +---------+
///   tile     | ---> | source  * K  | panels  |  =  tile  | ------> | targets
///            +------+              +---------+           +---------+
/// ```
extension PanelProduct {
  /// The right-hand matrix of a pointwise product of few terms, whose source and targets lie pixel after pixel; else nil.
  @inline(__always)
  var panelsOfShortSums: UnsafePointer<Scalar>? {
    guard case .panels(let panels) = right, Self.areShort(lowering, layout), writesWholePixels, !accumulates,
      activation == .identity || activation == .relu
    else { return nil }
    return panels
  }

  /// Whether the sums of such a product are short, and its columns whole vectors.
  @inline(__always)
  static func areShort(_ lowering: Lowering, _ layout: PanelLayout) -> Bool {
    lowering.isDense && lowering.segmentLength <= UNFOLD_SHORT_TERMS && layout.hasWholeVectors
  }

  /// Each pixel from end to end.
  @inline(__always)
  func sumUp(_ pixels: Range<Int>, _ panels: UnsafePointer<Scalar>) {
    Scalar._kernels.shortSums(
      source + pixels.lowerBound * lowering.segmentLength, terms: lowering.segmentLength, panels: panels, bias: start,
      target: targets.base + pixels.lowerBound * layout.columns, rows: pixels.count, columns: layout.columns,
      epilogue: activation == .relu ? .relu : [])
  }
}
