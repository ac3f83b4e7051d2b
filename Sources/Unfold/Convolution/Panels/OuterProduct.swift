/// The product of a block of a column matrix, transposed, with an output gradient, added to a block of the filter
/// gradient, tile by tile.
///
/// ```
///             tile                     K/g                     K
///          +---------+             +-- --- --+            +-- ------ --+
///   rows   |columns^T|  *   tile   |  panels |   rows  += |..| target |..|
///          +---------+             +-- --- --+            +-- ------ --+
/// ```
struct OuterProduct<Scalar: TensorScalar> {
  let lowering: Lowering
  let source: UnsafePointer<Scalar>
  /// As many zeros as ``Lowering/segmentLength``.
  let zeros: UnsafePointer<Scalar>
  /// The output gradient of the group, all pixels.
  let right: UnsafePointer<Scalar>
  let rightStride: Int
  let target: Matrix<Scalar>
  /// The rows of the filter gradient that `target` holds: columns of the column matrix.
  let rows: Range<Int>
  let memory: FilterGradientMemory<Scalar>
  let scratch: UnsafeMutableRawPointer

  /// Adds the products of the pixels of one tile.
  ///
  /// - Parameters:
  ///   - next: The tile that follows, which is prefetched meanwhile.
  ///   - packed: The tile's panels, where they were packed before; the next tile's follow.
  @inline(__always)
  func add(_ tile: Range<Int>, next: Range<Int>, packed: UnsafePointer<Scalar>?) {
    let count = tile.count
    let layout = PanelLayout(rows: count, columns: target.columns, of: Scalar.self)
    let panelCount = layout.panels
    let gradient = right + tile.lowerBound * rightStride
    let panels = memory.panels.base(in: scratch)
    if memory.copiesPanels, packed == nil {
      Self.pack(tile, of: right, stride: rightStride, columns: target.columns, into: panels)
    }
    let allPanels = packed ?? UnsafePointer(panels)
    var nextGradient = following(next, packed: packed)
    // Of the source, most of which is read.
    var nextSource =
      2 * rows.count > lowering.segmentLength ? PrefetchCursor(next, of: lowering, from: source) : PrefetchCursor()
    let table = memory.sources.base(in: scratch)
    let segments = rows.lowerBound / lowering.segmentLength..<(rows.upperBound - 1) / lowering.segmentLength + 1
    let segmentStep = lowering.segmentStep(of: tile)
    lowering.refer(
      to: source, zeros: zeros, pixels: tile, segments: segments,
      copies: memory.copies.base(in: scratch), into: table, stride: count,
      addressed: segmentStep == nil ? segments.count : 1)
    let packedBlocks = memory.left.base(in: scratch)
    var left = packedBlocks
    let blockRows = Scalar._kernels.mr
    for segment in segments {
      let rowsOfSegment = segment * lowering.segmentLength..<(segment + 1) * lowering.segmentLength
      let place = segment - segments.lowerBound
      let addresses = segmentStep == nil ? table + place * count : table
      let start = (segmentStep ?? 0) * place
      var row = max(rows.lowerBound, rowsOfSegment.lowerBound)
      let end = min(rows.upperBound, rowsOfSegment.upperBound)
      // Blocks of about the same size: a block of one row would wait for its sums.
      var blocks = ceilingDivision(end - row, blockRows)
      var packedEnd = row
      while row < end {
        let (block, offset) = (ceilingDivision(end - row, blocks), start + row - rowsOfSegment.lowerBound)
        if memory.packsRows {
          if packedEnd <= row {
            let isPair = blocks > 1 && end - row >= blocks * blockRows
            packedEnd = row + (isPair ? 2 * blockRows : block)
            left = packedBlocks
            Scalar._kernels.packRows(addresses, terms: count, offset: offset, rows: packedEnd - row, into: left)
          } else {
            left += count * blockRows
          }
        }
        lowering.forEachInside(tile, segment: segment) { pixels in
          for panel in 0..<panelCount {
            let (columns, width) = (layout.columns(of: panel), layout.width(of: panel))
            let output = target.base + (row - rows.lowerBound) * target.stride + columns.lowerBound
            let panelStride = memory.copiesPanels ? width : rightStride
            let right =
              (memory.copiesPanels ? allPanels + layout.offset(of: panel) : gradient + columns.lowerBound)
              + pixels.lowerBound * panelStride
            if memory.packsRows {
              Scalar._kernels.packedOuter(
                left + pixels.lowerBound * blockRows, terms: pixels.count, panel: right, width: width,
                panelStride: panelStride, target: output, stride: target.stride, rows: block, columns: columns.count,
                prefetch: nextGradient.take(lines: pixels.count) ?? nextSource.take(lines: pixels.count))
            } else {
              Scalar._kernels.outer(
                addresses + pixels.lowerBound, terms: pixels.count, offset: offset, panel: right, width: width,
                panelStride: panelStride, target: output, stride: target.stride, rows: block, columns: columns.count,
                prefetch: nextGradient.take(lines: pixels.count) ?? nextSource.take(lines: pixels.count))
            }
          }
        }
        row += block
        blocks -= 1
      }
    }
  }
}

extension OuterProduct {
  /// What is read for the next tile from afar: its panels, if they were packed before, or its pixels of the output gradient.
  @inline(__always)
  private func following(_ tile: Range<Int>, packed: UnsafePointer<Scalar>?) -> PrefetchCursor {
    if tile.isEmpty { return PrefetchCursor() }
    if let packed { return PrefetchCursor(packed + memory.sharedTile, count: memory.sharedTile) }
    return PrefetchCursor(right + tile.lowerBound * rightStride, count: tile.count * rightStride)
  }

  /// Packs the panels of a tile; past the cache if it `streams`, see ``PanelLayout``.
  @inline(__always)
  static func pack(
    _ tile: Range<Int>, of right: UnsafePointer<Scalar>, stride: Int, columns: Int,
    into panels: UnsafeMutablePointer<Scalar>, streams: Bool = false
  ) {
    let layout = PanelLayout(rows: tile.count, columns: columns, of: Scalar.self)
    for panel in 0..<layout.panels {
      layout.pack(
        right + tile.lowerBound * stride, stride: stride, panel: panel, rows: 0..<tile.count,
        into: panels + layout.offset(of: panel), streams: streams)
    }
  }
}

/// The scratch memory of a filter gradient: panels that the blocks of rows share, the partial sums, zeros for the padding,
/// and the sum where its transpose is wanted; and regions for each worker.
struct FilterGradientMemory<Scalar: TensorScalar> {
  let shared, partials, zeros, total: ScratchRegion<Scalar>
  /// Of each worker. The block is the sum of a block of tiles, where there are very many.
  let panels, left, copies, block: ScratchRegion<Scalar>
  let sources: ScratchRegion<UnsafePointer<Scalar>>
  private(set) var layout = ScratchLayout()
  let zeroElements: Int
  /// Whether the output gradient is copied to panels. It is read where it lies if it has few columns, whole vectors, or few
  /// rows of the filter gradient need it.
  let copiesPanels: Bool
  /// Whether the columns of the column matrix are packed, two blocks at a time, before they meet the panels.
  let packsRows: Bool
  /// The elements of a tile's panels that are shared by the blocks of rows.
  let sharedTile: Int

  init(_ geometry: ConvolutionGeometry, _ plan: FilterGradientPlan, transposing: Bool) {
    let lowering = Lowering(input: geometry, group: 0)
    let tile = PanelLayout(rows: plan.tilePixels, columns: plan.filters, of: Scalar.self)
    copiesPanels = Self.copiesPanels(tile, rows: plan.rows)
    packsRows = Self.packsRows(tile)
    let tiles = geometry.groups * plan.slices * plan.tilesOfSlice
    let isShared = copiesPanels && plan.blocks > 1 && Self.sharesPanels(elements: tiles * tile.elements)
    sharedTile = isShared ? (tile.elements + 15) & ~15 : 0
    zeroElements = lowering.segmentLength
    let elements = plan.rows * geometry.outputChannels
    shared = layout.shared.reserve(tiles * sharedTile, of: Scalar.self)
    partials = layout.shared.reserve((plan.slices - 1) * elements, of: Scalar.self)
    zeros = layout.shared.reserve(zeroElements, of: Scalar.self)
    total = layout.shared.reserve(transposing ? elements : 0, of: Scalar.self)
    panels = layout.own.reserve(copiesPanels && !isShared ? tile.elements : 0, of: Scalar.self)
    left = layout.own.reserve(packsRows ? 2 * plan.tilePixels * Scalar._kernels.mr : 0, of: Scalar.self)
    copies = layout.own.reserve(lowering.copiedElements(pixels: plan.tilePixels), of: Scalar.self)
    // A block of rows may begin and end within two segments.
    let segments = min(lowering.segments, (plan.blockRows - 1) / lowering.segmentLength + 2)
    sources = layout.own.reserve(plan.tilePixels * segments, of: UnsafePointer<Scalar>.self)
    block = layout.own.reserve(plan.sumsBlocksOfTiles ? plan.blockRows * plan.filters : 0, of: Scalar.self)
  }

  /// Panels that all blocks of rows share should stay in the cache until the last one has read them.
  private static var sharedBytes: Int { 4 << 20 }

  static func sharesPanels(elements: Int) -> Bool {
    elements * MemoryLayout<Scalar>.stride <= sharedBytes
  }

  static func packsRows(_ layout: PanelLayout) -> Bool { layout.panels > 2 }

  static func copiesPanels(_ layout: PanelLayout, rows: Int) -> Bool {
    layout.paddedColumns != layout.columns || layout.panels > 2 && rows > fewRows
  }

  /// Of so many rows a copy would take as long as all products.
  private static var fewRows: Int { 24 }
}
