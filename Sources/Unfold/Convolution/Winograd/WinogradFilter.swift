/// The transformed filter of a Winograd convolution, packed in panels as the matrix products read it:
///
/// ```
///               r x r taps                       points
///           +--------------+  C             +--------------+  C
///   tap 0   |    C x K     |---+    point 0 |    C x K     |---+         U[point] = (G w G^T)[point]
///           +--------------+   |  -->       +--------------+   |         for each pair of channels
///               +--------------+                +--------------+
/// ```
///
/// For the input gradient the taps are flipped and the channels exchanged. For inference the taps, or the transformed
/// filter, are packed once; see ``WinogradProduct/packFilter(_:into:_:)``.
struct WinogradFilter<Scalar: TensorScalar> {
  let scheme: WinogradScheme
  /// The matrix of each point of the Winograd domain: its rows are the channels that are summed over.
  let layout: PanelLayout
  let tapLayout: TapLayout

  /// How the taps lie in memory.
  enum TapLayout {
    /// `[r, r, C, K]`.
    case plain
    /// The same, to be flipped: rows are K, and columns C.
    case flipped
    /// For each panel and row the taps of its columns; or the transformed filter.
    case packed
  }

  /// The elements of one point, and of all.
  var pointElements: Int { layout.elements }
  var elements: Int { scheme.points * layout.elements }
  /// Rows that are transformed at once.
  static var blockRows: Int { 16 }

  /// Addresses, then transposed taps.
  var scratchBytes: Int {
    tableBytes + scheme.taps * Self.blockRows * Scalar._kernels.nr * MemoryLayout<Scalar>.stride
  }
  private var tableBytes: Int { scheme.taps * Self.blockRows * MemoryLayout<UnsafeRawPointer>.stride }

  /// Transforms some rows of a panel.
  ///
  /// - Parameters:
  ///   - filter: The taps, in their ``tapLayout``.
  ///   - transformed: Where the first of the rows goes at point 0; the points are `stride` elements apart.
  ///   - scratch: ``scratchBytes`` of a worker's own.
  @inline(__always)
  func transform(
    _ filter: UnsafePointer<Scalar>, panel: Int, rows: Range<Int>, into transformed: UnsafeMutablePointer<Scalar>,
    stride: Int, streams: Bool, scratch: UnsafeMutableRawPointer
  ) {
    let table = scratch.assumingMemoryBound(to: UnsafePointer<Scalar>.self)
    let copies = (scratch + tableBytes).assumingMemoryBound(to: Scalar.self)
    let width = layout.width(of: panel)
    for first in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows) {
      let block = first..<min(first + Self.blockRows, rows.upperBound)
      let next = block.upperBound..<min(block.upperBound + Self.blockRows, layout.rows)
      switch tapLayout {
      case .plain:
        prefetch(filter, lines: next, apart: layout.columns, of: layout.columns(of: panel))
        addresses(filter, panel: panel, rows: block, into: table)
      case .flipped:
        prefetch(filter, lines: layout.columns(of: panel), apart: layout.rows, of: next)
        addressesOfFlipped(filter, panel: panel, rows: block, copies: copies, into: table)
      case .packed:
        writeAddresses(
          table, from: filter + packedOffset(of: panel, row: block.lowerBound), step: width,
          count: block.count * scheme.taps)
      }
      Scalar._kernels.toPoints(
        scheme.filterMap, table, offset: 0, transformed: transformed + (first - rows.lowerBound) * width,
        stride: stride,
        tileStride: width, tiles: block.count, channels: layout.columns(of: panel).count,
        streams: streams)
    }
  }

  /// Where the taps of a row of a panel begin, if they are packed.
  @inline(__always)
  private func packedOffset(of panel: Int, row: Int) -> Int {
    scheme.taps * layout.offset(of: panel) + row * scheme.taps * layout.width(of: panel)
  }

  /// The packed taps of some rows of a panel.
  @inline(__always)
  func packed(_ filter: UnsafePointer<Scalar>, panel: Int, rows: Range<Int>) -> PrefetchCursor {
    PrefetchCursor(
      filter + packedOffset(of: panel, row: rows.lowerBound),
      count: rows.count * scheme.taps * layout.width(of: panel))
  }

  /// Packs the taps of some rows of a panel from `[r, r, C, K]`: one after another in the order of `transform`, which
  /// would otherwise read a few at a time from as many places.
  @inline(__always)
  func pack(
    _ filter: UnsafePointer<Scalar>, panel: Int, rows: Range<Int>, into packed: UnsafeMutablePointer<Scalar>
  ) {
    let (columns, width) = (layout.columns(of: panel), layout.width(of: panel))
    for row in rows {
      for tap in 0..<scheme.taps {
        let source = filter + (tap * layout.rows + row) * layout.columns + columns.lowerBound
        (packed + packedOffset(of: panel, row: row) + tap * width).update(from: source, count: columns.count)
      }
    }
  }

  /// Prefetches some elements of some lines of every tap: short pieces, each in another row of memory, which the
  /// hardware does not prefetch.
  @inline(__always)
  private func prefetch(_ filter: UnsafePointer<Scalar>, lines: Range<Int>, apart: Int, of elements: Range<Int>) {
    let size = layout.rows * layout.columns
    for tap in 0..<scheme.taps {
      for line in lines {
        prefetchLines(of: filter + tap * size + line * apart + elements.lowerBound, count: elements.count)
      }
    }
  }

  /// The addresses of the taps.
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
    let width = Scalar._kernels.nr
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
