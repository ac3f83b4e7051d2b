/// The product of a column matrix with a right-hand matrix in panels, written to a grid of pixels: a group's forward
/// pass, or one phase of its input gradient.
///
/// ```
///              L                      K/g                     K
///          +-------+             +-- --- --+            +-- ------ --+
///   tile   |   ------> source  * |  panels |  L  = tile |..|targets|..|
///          +-------+             +-- --- --+            +-- ------ --+
/// ```
struct PanelProduct<Scalar: TensorScalar> {
  let lowering: Lowering
  let plan: TilePlan
  let layout: PanelLayout
  let source: UnsafePointer<Scalar>
  let right: RightMatrix<Scalar>
  /// What each sum starts from: `layout.paddedColumns` elements.
  let start: UnsafePointer<Scalar>
  /// As many zeros as ``Lowering/segmentLength``.
  let zeros: UnsafePointer<Scalar>
  let targets: PixelGrid<Scalar>
  /// Whether the targets' own values are added to.
  var accumulates = false
  let activation: Activation

  /// Runs one task of the plan.
  @inline(__always)
  func run(_ task: Int, scratch: UnsafeMutableRawPointer) {
    let (pixels, filters) = plan.ranges(ofTask: task)
    let next = task + 1 < plan.tasks ? plan.ranges(ofTask: task + 1).pixels : 0..<0
    multiply(pixels, filters, next: next == pixels ? 0..<0 : next, scratch: scratch)
  }

  /// Multiplies at most `plan.tilePixels` pixels with whole panels of filters.
  ///
  /// - Parameter next: The pixels that probably follow, if they are others.
  @inline(__always)
  func multiply(
    _ pixels: Range<Int>, _ filters: Range<Int>, next: Range<Int> = 0..<0, scratch: UnsafeMutableRawPointer
  ) {
    let rows = pixels.count
    let takesRegions = lowering.takesRegions
    let memory = PanelProductMemory<Scalar>(lowering, plan)
    let (sources, outputs) = (memory.sources.base(in: scratch), memory.targets.base(in: scratch))
    if lowering.segments == 0 { return fill(pixels, filters, outputs) }
    if let panels = panelsOfShortSums { return sumUp(pixels, panels) }
    lowering.refer(
      to: source, zeros: zeros, pixels: pixels, segments: 0..<lowering.segments,
      copies: memory.copies.base(in: scratch), into: sources, stride: rows, byRegion: takesRegions)
    if takesRegions {
      lowering.forEachRange(in: pixels, byRegion: true) { range in targets.addresses(of: range, into: outputs) }
    } else {
      targets.addresses(of: pixels, into: outputs)
    }

    let blocks = memory.blocks.base(in: scratch)
    let blockCount = lowering.blocks(
      of: pixels, rows: Scalar._kernels.mr, atOnce: layout.blocksAtOnce(terms: lowering.columns), into: blocks)
    if takesRegions {
      leaveOutTaps(of: UnsafeBufferPointer(start: blocks, count: blockCount), in: sources, stride: rows)
    }

    let firstPanel = filters.lowerBound / layout.width
    let lastPanel = (filters.upperBound - 1) / layout.width
    let epilogue = self.epilogue
    let packed = memory.panel.base(in: scratch)
    var nextPixels = PrefetchCursor(next, of: lowering, from: source)
    var nextTargets = PrefetchCursor()
    if !epilogue.contains(.streams), writesWholePixels {
      nextTargets = stretch(of: pixels.lowerBound + min(Scalar._kernels.mr, rows)..<pixels.upperBound)
    }
    for (index, part) in plan.parts.enumerated() {
      let partRows = part.rows(segmentLength: lowering.segmentLength)
      for panel in firstPanel...lastPanel {
        let (columns, width) = (layout.columns(of: panel), layout.width(of: panel))
        let right = right.rows(partRows, of: panel, layout, packedInto: packed)
        var nextPanel = following(panel, index, in: firstPanel...lastPanel)
        for block in UnsafeBufferPointer(start: blocks, count: blockCount) {
          let segments = part.segments.clamped(to: block.segments)
          // The first part writes the outputs, if only what they start from.
          if segments.isEmpty, index > 0 { continue }
          let terms = segments.count * part.elements.count
          let lines =
            block.count > Scalar._kernels.mr ? ceilingDivision(block.count, Scalar._kernels.mr) * terms : terms
          Scalar._kernels.product(
            sources + segments.lowerBound * rows + block.first, tapStride: rows, taps: segments.count,
            offset: part.elements.lowerBound, terms: part.elements.count,
            panel: right + (segments.lowerBound - part.segments.lowerBound) * lowering.segmentLength * width,
            width: width,
            bias: index == 0 ? start + columns.lowerBound : nil, target: outputs + block.first,
            column: columns.lowerBound, rows: block.count, columns: columns.count,
            epilogue: (index == plan.parts.count - 1 ? epilogue : []).union(index == 0 && accumulates ? .adds : []),
            prefetch: nextPanel.take(lines: lines) ?? nextTargets.take(lines: lines) ?? nextPixels.take(lines: lines))
        }
      }
    }
    if epilogue.contains(.streams) { StreamedStores.finish() }
    if activation == .identity || epilogue.contains(.relu) { return }
    if filters.count == targets.pixelStride, targets.isDense, !takesRegions {
      activation.apply(outputs[0], count: rows * filters.count)
    } else {
      for row in 0..<rows { activation.apply(outputs[row] + filters.lowerBound, count: filters.count) }
    }
  }
}

extension PanelProduct {
  /// Without anything to sum up, as between the strides of a pointwise convolution: what sums start from, pixel by pixel
  /// in the order of memory.
  @inline(__always)
  private func fill(
    _ pixels: Range<Int>, _ filters: Range<Int>, _ outputs: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>>
  ) {
    assert(!accumulates, "pointwise convolutions of stride 1 have a tap everywhere")
    targets.addresses(of: pixels, into: outputs)
    let first = outputs[0] + filters.lowerBound
    first.update(from: start + filters.lowerBound, count: filters.count)
    activation.apply(first, count: filters.count)
    let streams = isLarge && StreamedStores.areWholeLines(filters, of: Scalar.self)
    for row in 1..<pixels.count {
      let output = outputs[row] + filters.lowerBound
      if streams {
        StreamedStores.copy(first, to: output, count: filters.count)
      } else {
        output.update(from: first, count: filters.count)
      }
    }
    if streams { StreamedStores.finish() }
  }

  /// Marks the taps that lie in the padding at all pixels that the micro-kernel takes at once: it leaves out those whose first
  /// address is nil.
  @inline(__always)
  private func leaveOutTaps(
    of blocks: UnsafeBufferPointer<RowBlock>, in table: UnsafeMutablePointer<UnsafePointer<Scalar>>, stride: Int
  ) {
    for block in blocks {
      let end = block.first + block.count
      for first in Swift.stride(from: block.first, to: end, by: Scalar._kernels.mr) {
        for segment in block.segments {
          let entries = table + segment * stride
          if (first..<min(first + Scalar._kernels.mr, end)).allSatisfy({ entries[$0] == zeros }) {
            UnsafeMutableRawPointer(entries + first).storeBytes(of: nil, as: UnsafePointer<Scalar>?.self)
          }
        }
      }
    }
  }

  /// The rows of a panel that are multiplied after part `index` of `panel`, in this task or in the one that probably
  /// follows. With few pixels the right-hand matrix comes from afar and is soon done with.
  @inline(__always)
  private func following(_ panel: Int, _ index: Int, in panels: ClosedRange<Int>) -> PrefetchCursor {
    guard plan.pixels <= TilePlan.fewPixels else { return PrefetchCursor() }
    let isLastPanel = panel == panels.upperBound
    let isLast = isLastPanel && index == plan.parts.count - 1
    let next = isLast || !isLastPanel ? panel + 1 : panels.lowerBound
    guard next < layout.panels else { return PrefetchCursor() }
    let rows = plan.parts[isLast ? 0 : isLastPanel ? index + 1 : index].rows(segmentLength: lowering.segmentLength)
    return right.stretch(rows, of: next, layout)
  }

  /// The targets of some pixels: the first stores to a line wait until it is there, unless it was prefetched.
  @inline(__always)
  private func stretch(of pixels: Range<Int>) -> PrefetchCursor {
    PrefetchCursor(
      UnsafePointer(targets.base + pixels.lowerBound * targets.pixelStride), count: pixels.count * targets.pixelStride)
  }

  /// Whether what a task writes is one stretch of memory.
  @inline(__always) var writesWholePixels: Bool {
    targets.isDense && targets.pixelStride == plan.blockFilters && !lowering.takesRegions
  }

  /// What the kernel itself does with the sums, when they are complete.
  @inline(__always)
  private var epilogue: Epilogue {
    // The blocks of a part may leave out pixels, which keep what an earlier part wrote: only whole sums end in relu.
    var epilogue: Epilogue = activation == .relu && plan.parts.count == 1 ? .relu : []
    let isComplete = plan.parts.count == 1 && (activation == .identity || activation == .relu)
    if isComplete, layout.hasWholeVectors, isLarge, !accumulates { epilogue.insert(.streams) }
    return epilogue
  }

  /// Whether the whole tensor, of which this may be a group or a phase, is too large to be found in the cache again, and its
  /// rows are whole lines. A grid without images is memory for a tile, which is read again at once.
  @inline(__always)
  private var isLarge: Bool {
    StreamedStores.suit(targets.base, elements: layout.columns, of: lowering.batch * targets.imageStride)
  }
}

/// The scratch memory of a product, of each worker.
struct PanelProductMemory<Scalar: TensorScalar> {
  let copies: ScratchRegion<Scalar>
  let sources: ScratchRegion<UnsafePointer<Scalar>>
  let targets: ScratchRegion<UnsafeMutablePointer<Scalar>>
  let blocks: ScratchRegion<RowBlock>
  /// Some rows of a panel, where the plan packs them.
  let panel: ScratchRegion<Scalar>
  private(set) var regions = ScratchRegions()

  init(_ lowering: Lowering, _ plan: TilePlan) {
    copies = regions.reserve(lowering.copiedElements(pixels: plan.tilePixels), of: Scalar.self)
    sources = regions.reserve(plan.tilePixels * lowering.segments, of: UnsafePointer<Scalar>.self)
    targets = regions.reserve(plan.tilePixels, of: UnsafeMutablePointer<Scalar>.self)
    blocks = regions.reserve(plan.tilePixels, of: RowBlock.self)
    var rows = 0
    if plan.packsPanels {
      for part in plan.parts { rows = max(rows, part.rows(segmentLength: lowering.segmentLength).count) }
    }
    panel = regions.reserve(rows * Scalar._kernels.nr, of: Scalar.self)
  }
}

/// Pixels that are multiplied in one call, and the segments in which any of them meets the image.
struct RowBlock {
  let first, count: Int
  let segments: Range<Int>
}

extension Lowering {
  /// Cuts a tile into blocks of at most `rows` rows, of about the same size, or into `atOnce` whole blocks at a time; returns
  /// their number, at most that of the pixels.
  @inline(__always)
  func blocks(of tile: Range<Int>, rows: Int, atOnce: Int, into blocks: UnsafeMutablePointer<RowBlock>) -> Int {
    var count = 0
    @inline(__always) func cut(_ range: Range<Int>, _ segments: Range<Int>) {
      let size = atOnce > 1 ? atOnce * rows : ceilingDivision(range.count, ceilingDivision(range.count, rows))
      var first = range.lowerBound
      while first < range.upperBound {
        blocks[count] = RowBlock(first: first, count: min(size, range.upperBound - first), segments: segments)
        first += size
        count += 1
      }
    }
    if takesRegions {
      forEachRegion(in: tile) { range in
        cut(range.offset..<range.offset + range.pixels.count, segments(of: insideRows(at: range.rows.lowerBound)))
      }
    } else if skipsPadding {
      forEachRange(in: tile) { range in
        cut(range.offset..<range.offset + range.columns.count, segments(of: insideRows(at: range.row)))
      }
    } else {
      cut(0..<tile.count, 0..<segments)
    }
    return count
  }
}

/// Pixels of NHWC images that lie the same distance apart in rows and columns: all of them, or one phase of a stride.
struct PixelGrid<Scalar: TensorScalar> {
  let base: UnsafeMutablePointer<Scalar>
  /// The rows and columns of the grid in one image.
  let height, width, imageStride, rowStride, pixelStride: Int

  /// Whether the pixels follow one another in memory.
  var isDense: Bool { rowStride == width * pixelStride && imageStride == height * rowStride }

  /// Writes the addresses of some pixels of a row.
  @inline(__always)
  func addresses(of range: Lowering.PixelRange, into table: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>>) {
    let first = base + range.image * imageStride + range.row * rowStride + range.columns.lowerBound * pixelStride
    let count = range.columns.count
    (table + range.offset).withMemoryRebound(to: UnsafePointer<Scalar>.self, capacity: count) {
      writeAddresses($0, from: first, step: pixelStride, count: count)
    }
  }

  /// Writes the addresses of the grid's pixels `pixels`, counted in row-major order over all images.
  @inline(__always)
  func addresses(of pixels: Range<Int>, into table: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>>) {
    var pixel = pixels.lowerBound
    while pixel < pixels.upperBound {
      let (line, first) = pixel.quotientAndRemainder(dividingBy: width)
      let count = min(width - first, pixels.upperBound - pixel)
      let (image, row) = line.quotientAndRemainder(dividingBy: height)
      addresses(
        of: Lowering.PixelRange(
          image: image, row: row, columns: first..<first + count, offset: pixel - pixels.lowerBound),
        into: table)
      pixel += count
    }
  }
}
