/// The right-hand matrix of a ``PanelProduct``: a group's filter, as it lies or flipped.
enum RightMatrix<Scalar: TensorScalar> {
  /// All of its panels, packed before.
  case panels(UnsafePointer<Scalar>)
  /// The filter of a group, row by row, `stride` elements apart.
  case filter(UnsafePointer<Scalar>, stride: Int)
  /// The taps of a phase, flipped, each transposed: `tapStride` elements apart are taps, `stride` elements its channels.
  case flipped(UnsafePointer<Scalar>, GradientPhase, filterWidth: Int, tapStride: Int, stride: Int)

  /// Some rows of a panel, packed into `target` unless they already are.
  @inline(__always)
  func rows(
    _ rows: Range<Int>, of panel: Int, _ layout: PanelLayout, packedInto target: UnsafeMutablePointer<Scalar>
  ) -> UnsafePointer<Scalar> {
    switch self {
    case .panels(let base):
      return base + layout.offset(of: panel, row: rows.lowerBound)
    case .filter(let base, let stride):
      layout.pack(base, stride: stride, panel: panel, rows: rows, into: target)
    case .flipped(let base, let phase, let filterWidth, let tapStride, let stride):
      let filters = phase.filters
      var row = rows.lowerBound
      while row < rows.upperBound {
        let (place, first) = row.quotientAndRemainder(dividingBy: filters)
        let end = min(filters, first + rows.upperBound - row)
        layout.packTransposed(
          base + phase.tap(place, filterWidth: filterWidth) * tapStride + first, stride: stride, panel: panel,
          rows: row..<row + end - first, into: target + (row - rows.lowerBound) * layout.width(of: panel))
        row += end - first
      }
    }
    return UnsafePointer(target)
  }

  /// Some rows of a panel in memory, where they are one stretch of it.
  @inline(__always)
  func stretch(_ rows: Range<Int>, of panel: Int, _ layout: PanelLayout) -> PrefetchCursor {
    switch self {
    case .panels(let base):
      return PrefetchCursor(
        base + layout.offset(of: panel, row: rows.lowerBound), count: rows.count * layout.width(of: panel))
    case .flipped(let base, let phase, let filterWidth, let tapStride, let stride)
    where rows.count == stride && phase.filters == stride:
      // One tap, whose columns follow one another.
      let (columns, tap) = (layout.columns(of: panel), phase.tap(rows.lowerBound / stride, filterWidth: filterWidth))
      return PrefetchCursor(base + tap * tapStride + columns.lowerBound * stride, count: columns.count * stride)
    case .filter, .flipped:
      return PrefetchCursor()
    }
  }
}
