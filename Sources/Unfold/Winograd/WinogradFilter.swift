/// The filter of a Winograd convolution at each of its points, in panels as the products read them:
///
/// ```
///               3 x 3 taps                       points
///           +--------------+  C             +--------------+  C
///   tap 0   |    C x K     |---+    point 0 |    C x K     |---+         U[point] = (G w G^T)[point]
///           +--------------+   |  -->       +--------------+   |         for each pair of channels
///               +--------------+                +--------------+
/// ```
///
/// For the input gradient the taps are flipped and the channels exchanged.
struct WinogradFilter<Scalar: TensorScalar> {
  let tile: WinogradTile
  /// The matrix of each point: rows are the channels that are summed over.
  let layout: PanelLayout
  let isFlipped: Bool

  /// The elements of one point, and of all.
  var pointElements: Int { layout.elements }
  var elements: Int { tile.points * layout.elements }
  /// Rows that are transformed at once.
  static var blockRows: Int { 16 }

  /// Addresses, then transposed taps.
  static var scratchBytes: Int {
    tableBytes + 9 * blockRows * Scalar._panelWidth * MemoryLayout<Scalar>.stride
  }
  private static var tableBytes: Int { 9 * blockRows * MemoryLayout<UnsafeRawPointer>.stride }

  /// Writes the points of some rows of a panel.
  ///
  /// - Parameters:
  ///   - filter: `[3, 3, C, K]`.
  ///   - points: Where the first of the rows goes at point 0; the points are `stride` elements apart.
  ///   - scratch: ``scratchBytes`` of a worker's own.
  @inline(__always)
  func transform(
    _ filter: UnsafePointer<Scalar>, panel: Int, rows: Range<Int>, into points: UnsafeMutablePointer<Scalar>,
    stride: Int, scratch: UnsafeMutableRawPointer
  ) {
    let table = scratch.assumingMemoryBound(to: UnsafePointer<Scalar>.self)
    let copies = (scratch + Self.tableBytes).assumingMemoryBound(to: Scalar.self)
    let width = layout.width(of: panel)
    for first in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows) {
      let block = first..<min(first + Self.blockRows, rows.upperBound)
      if isFlipped {
        addressesOfFlipped(filter, panel: panel, rows: block, copies: copies, into: table)
      } else {
        addresses(filter, panel: panel, rows: block, into: table)
      }
      Scalar._toPoints(
        tile.filterMap, table, offset: 0, points: points + (first - rows.lowerBound) * width, stride: stride,
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
      for tap in 0..<9 { table[index * 9 + tap] = filter + tap * size + row * layout.columns + first }
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
    for tap in 0..<9 {
      let copy = copies + tap * Self.blockRows * width
      Unfold.transpose(
        from: filter + (8 - tap) * size + columns.lowerBound * layout.rows + rows.lowerBound, stride: layout.rows,
        rows: columns.count, columns: rows.count, into: copy, stride: width)
      for index in 0..<rows.count { table[index * 9 + tap] = UnsafePointer(copy) + index * width }
    }
  }
}
