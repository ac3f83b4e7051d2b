import CKernels

/// What is done to the sums of a product before they are stored; see product.h.
struct Epilogue: OptionSet {
  let rawValue: UInt32

  static let relu = Epilogue(rawValue: UInt32(UNFOLD_RELU))
  /// Non-temporal stores, which ``StreamedStores/finish()`` must follow.
  static let streams = Epilogue(rawValue: UInt32(UNFOLD_STREAM))
  /// The target's own values are added, besides the bias.
  static let adds = Epilogue(rawValue: UInt32(UNFOLD_ADD))
}

extension _Kernels {
  /// The product of a block of rows, given by an indirection buffer, with a packed panel; several blocks at once with a
  /// panel of full width:
  ///
  /// `target[i][column + j] = bias[j] + sum over t < taps, k < terms of rows[t * tapStride + i][offset + k] *
  /// panel[(t * terms + k) * width + j]` for i < count, j < columns. Without `bias`, the sum is added to what `target`
  /// holds. Memory from `prefetch` on is prefetched: one line of ``StreamedStores/lineBytes`` for each of the
  /// `taps * terms` products of each block.
  @inline(__always)
  func product(
    _ rows: UnsafePointer<UnsafePointer<Scalar>>, tapStride: Int = 0, taps: Int = 1, offset: Int, terms: Int,
    panel: UnsafePointer<Scalar>, width: Int, bias: UnsafePointer<Scalar>?,
    target: UnsafePointer<UnsafeMutablePointer<Scalar>>, column: Int, rows count: Int, columns: Int,
    epilogue: Epilogue = [], prefetch: UnsafeRawPointer? = nil
  ) {
    let shape = unfold_product(
      tap_stride: tapStride, taps: taps, offset: offset, terms: terms, width: width, column: column, rows: count,
      columns: columns, epilogue: epilogue.rawValue)
    withUnsafePointer(to: shape) { table.pointee.product($0, rows, panel, bias, target, prefetch) }
  }

  /// Adds the product of the transpose of rows, given by their addresses, with a panel to `target`:
  ///
  /// `target[i * stride + j] += sum over t < terms of rows[t][offset + i] * panel[t * panelStride + j]` for i < count,
  /// j < columns. Memory from `prefetch` on is prefetched: one line for each of the `terms` products.
  @inline(__always)
  func outer(
    _ rows: UnsafePointer<UnsafePointer<Scalar>>, terms: Int, offset: Int, panel: UnsafePointer<Scalar>, width: Int,
    panelStride: Int, target: UnsafeMutablePointer<Scalar>, stride: Int, rows count: Int, columns: Int,
    prefetch: UnsafeRawPointer?
  ) {
    let shape = unfold_outer(
      terms: terms, offset: offset, width: width, panel_stride: panelStride, target_stride: stride, rows: count,
      columns: columns)
    withUnsafePointer(to: shape) { table.pointee.outer($0, rows, panel, target, prefetch) }
  }

  /// The same with the packed rows of ``packRows(_:terms:offset:rows:into:)`` for the left-hand matrix.
  @inline(__always)
  func packedOuter(
    _ packed: UnsafePointer<Scalar>, terms: Int, panel: UnsafePointer<Scalar>, width: Int, panelStride: Int,
    target: UnsafeMutablePointer<Scalar>, stride: Int, rows count: Int, columns: Int, prefetch: UnsafeRawPointer?
  ) {
    let shape = unfold_outer(
      terms: terms, offset: 0, width: width, panel_stride: panelStride, target_stride: stride, rows: count,
      columns: columns)
    withUnsafePointer(to: shape) { table.pointee.packed_outer($0, packed, panel, target, prefetch) }
  }

  /// `target[t * mr + i] = rows[t][offset + i]` for i < count, at most MR, or for two whole blocks, one after the other.
  @inline(__always)
  func packRows(
    _ rows: UnsafePointer<UnsafePointer<Scalar>>, terms: Int, offset: Int, rows count: Int,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    let shape = unfold_row_packing(terms: terms, offset: offset, rows: count)
    withUnsafePointer(to: shape) { table.pointee.pack_rows($0, rows, target) }
  }

  /// Sums of at most 4 terms:
  ///
  /// `target[i * columns + j] = bias[j] + sum over k < terms of source[i * terms + k] * right[k][j]`, where `right` is
  /// in panels. The columns are whole vectors: see ``PanelLayout``.
  @inline(__always)
  func shortSums(
    _ source: UnsafePointer<Scalar>, terms: Int, panels: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>,
    target: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, epilogue: Epilogue
  ) {
    let shape = unfold_short_sums(terms: terms, rows: rows, columns: columns, epilogue: epilogue.rawValue)
    withUnsafePointer(to: shape) { table.pointee.short_sums($0, source, panels, bias, target) }
  }

  /// The product of rows, given by an indirection buffer, with at most 4 filters:
  ///
  /// `target[i][j] = bias[j] + sum over t < taps, k < terms of
  /// rows[t * tapStride + i][k] * filter[(j * taps + t) * terms + k]`, where `terms` is a multiple of ``lanes``.
  @inline(__always)
  func dot(
    _ rows: UnsafePointer<UnsafePointer<Scalar>>, tapStride: Int, taps: Int, terms: Int, filter: UnsafePointer<Scalar>,
    bias: UnsafePointer<Scalar>, target: UnsafePointer<UnsafeMutablePointer<Scalar>>, rows count: Int, columns: Int
  ) {
    let shape = unfold_dot(tap_stride: tapStride, taps: taps, terms: terms, rows: count, columns: columns)
    withUnsafePointer(to: shape) { table.pointee.dot($0, rows, filter, bias, target) }
  }
}
