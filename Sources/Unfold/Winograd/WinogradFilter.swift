/// The filter of a Winograd convolution at each of its points, in panels as the products read them:
///
/// ```
///               r x r taps                       points
///           +--------------+  C             +--------------+  C
///   tap 0   |    C x K     |---+    point 0 |    C x K     |---+         U[point] = (G w G^T)[point]
///           +--------------+   |  -->       +--------------+   |         for each pair of channels
///               +--------------+                +--------------+
/// ```
///
/// For the input gradient the taps are flipped and the channels exchanged.
struct WinogradFilter<Scalar: TensorScalar> {
  let scheme: WinogradScheme
  /// The matrix of each point: rows are the channels that are summed over.
  let layout: PanelLayout
  let isFlipped: Bool

  /// The elements of one point, and of all.
  var pointElements: Int { layout.elements }
  var elements: Int { scheme.points * layout.elements }
  /// Rows that are transformed at once.
  static var blockRows: Int { 16 }

  /// Addresses, then transposed taps.
  var scratchBytes: Int {
    tableBytes + scheme.taps * Self.blockRows * Scalar._panelWidth * MemoryLayout<Scalar>.stride
  }
  private var tableBytes: Int { scheme.taps * Self.blockRows * MemoryLayout<UnsafeRawPointer>.stride }

  /// Writes the points of some rows of a panel.
  ///
  /// - Parameters:
  ///   - filter: `[r, r, C, K]`.
  ///   - points: Where the first of the rows goes at point 0; the points are `stride` elements apart.
  ///   - scratch: ``scratchBytes`` of a worker's own.
  @inline(__always)
  func transform(
    _ filter: UnsafePointer<Scalar>, panel: Int, rows: Range<Int>, into points: UnsafeMutablePointer<Scalar>,
    stride: Int, scratch: UnsafeMutableRawPointer
  ) {
    let table = scratch.assumingMemoryBound(to: UnsafePointer<Scalar>.self)
    let copies = (scratch + tableBytes).assumingMemoryBound(to: Scalar.self)
    let width = layout.width(of: panel)
    for first in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows) {
      let block = first..<min(first + Self.blockRows, rows.upperBound)
      if isFlipped {
        addressesOfFlipped(filter, panel: panel, rows: block, copies: copies, into: table)
      } else {
        addresses(filter, panel: panel, rows: block, into: table)
      }
      Scalar._toPoints(
        scheme.filterMap, table, offset: 0, points: points + (first - rows.lowerBound) * width, stride: stride,
        tileStride: width, tiles: block.count, channels: layout.columns(of: panel).count)
    }
  }

  /// The taps where they lie.
  @inline(__always)
  private func addresses(
    _ filter: UnsafePointer<Scalar>, panel: Int, rows: Range<Int>,
    into table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    let (first, size) = (layout.columns(of: panel).lowerBound, layout.rows * layout.columns)
    for (index, row) in rows.enumerated() {
      for tap in 0..<scheme.taps {
        table[index * scheme.taps + tap] = filter + tap * size + row * layout.columns + first
      }
    }
  }

  /// The taps, last first, each transposed.
  @inline(__always)
  private func addressesOfFlipped(
    _ filter: UnsafePointer<Scalar>, panel: Int, rows: Range<Int>, copies: UnsafeMutablePointer<Scalar>,
    into table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    let (columns, size) = (layout.columns(of: panel), layout.rows * layout.columns)
    let width = Scalar._panelWidth
    for tap in 0..<scheme.taps {
      let copy = copies + tap * Self.blockRows * width
      Unfold.transpose(
        from: filter + (scheme.taps - 1 - tap) * size + columns.lowerBound * layout.rows + rows.lowerBound,
        stride: layout.rows,
        rows: columns.count, columns: rows.count, into: copy, stride: width)
      for index in 0..<rows.count { table[index * scheme.taps + tap] = UnsafePointer(copy) + index * width }
    }
  }
}
