extension ConvolutionGeometry {
  /// Whether the input gradient is made as a column matrix that is folded (col2im).
  ///
  /// With a few input channels, a product with C columns leaves most of a vector empty: the first layer of a network has
  /// one or three. The column matrix's product has R S C columns instead, at the price of adding them up. Compared are
  /// vectors of products for one pixel of the output.
  func foldsInputGradient<Scalar: TensorScalar>(_ scalar: Scalar.Type) -> Bool {
    guard groups == 1, FoldedGradient.totalElements(self) * MemoryLayout<Double>.stride <= FoldedGradient.totalBytes
    else { return false }
    let lanes = Scalar._panelWidth / 2
    let taps = vertical.window * horizontal.window
    let direct = taps * ceilingDivision(inputChannels, lanes) * outputChannels
    let folded = ceilingDivision(taps * inputChannels, lanes) * outputChannels + 2 * taps * inputChannels
    return direct > folded + folded / 4
  }

  /// For each image and band of its rows, tile by tile of the output pixels that meet the band:
  ///
  /// ```
  ///             K                  R S C              R S C
  ///          +--------+         +---------+        +---------+
  ///   tile   | output |  *   K  |filter^T |  =     | columns |   -> added to the band's pixels (col2im)
  ///          | grad.  |         |         |        |         |
  ///          +--------+         +---------+        +---------+
  /// ```
  ///
  /// The columns of a tile are as many as whole vectors hold, so that the kernel stores nothing element by element; those
  /// beyond R S C are zero and not folded.
  ///
  /// A band owns its rows: where windows reach over its edge, both bands make their columns. Where very many windows
  /// overlap, the band is summed up in double precision, see ``BlockSum``.
  func foldedInputGradient<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, _ bias: UnsafePointer<Scalar>?,
    _ activation: Activation, _ inputGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let folded = FoldedGradient(self, Scalar.self)
    let (memory, layout, product) = (folded.memory, folded.layout, folded.productLayout)
    let (height, outputWidth) = (vertical.input, horizontal.output)
    let rowElements = horizontal.input * inputChannels
    try context.withScratch(bytes: memory.bytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      let panels = memory.panels(in: scratch, as: Scalar.self)
      memory.fillStarts(in: scratch, product, groups: 1, with: UnsafePointer<Scalar>?.none)
      context.forEach(layout.panels) { panel, _ in
        layout.packTransposed(
          filter, stride: outputChannels, panel: panel, rows: 0..<outputChannels,
          into: panels + layout.offset(of: panel))
      }
      context.forEach(batch * folded.bands) { task, worker in
        let (image, band) = task.quotientAndRemainder(dividingBy: folded.bands)
        let rows = height * band / folded.bands..<height * (band + 1) / folded.bands
        let first = (image * height + rows.lowerBound) * rowElements
        let gradient = inputGradient + first
        fill(gradient, rows.count * horizontal.input, with: bias)

        let region = memory.worker(worker, in: scratch)
        let columns = (region + folded.columns).assumingMemoryBound(to: Scalar.self)
        let totals = (region + folded.totals).assumingMemoryBound(to: Double.self)
        if folded.hasTotals { totals.update(repeating: 0, count: rows.count * rowElements) }
        let outputRows = folded.outputRows(meeting: rows, of: vertical)
        var pixel = (image * vertical.output + outputRows.lowerBound) * outputWidth
        let end = (image * vertical.output + outputRows.upperBound) * outputWidth
        while pixel < end {
          let tile = pixel..<min(pixel + folded.plan.tilePixels, end)
          let next = tile.upperBound..<min(tile.upperBound + folded.plan.tilePixels, end)
          PanelProduct(
            lowering: folded.pointwise, plan: folded.plan, layout: product, source: outputGradient,
            right: .panels(panels), start: memory.start(in: scratch, 0, product, as: Scalar.self),
            zeros: memory.zeros(in: scratch, as: Scalar.self),
            targets: PixelGrid(
              base: columns - tile.lowerBound * product.columns, height: 1, width: folded.pointwise.pixels,
              imageStride: 0, rowStride: 0, pixelStride: product.columns),
            activation: .identity
          ).multiply(tile, 0..<product.columns, next: next, scratch: region)
          if folded.hasTotals {
            folded.lowering.fold(columns, stride: product.columns, pixels: tile, rows: rows, adding: totals - first)
          } else {
            folded.lowering.fold(columns, stride: product.columns, pixels: tile, rows: rows, adding: inputGradient)
          }
          pixel = tile.upperBound
        }
        if folded.hasTotals { finishBlocks(gradient, totals, rows.count * rowElements) }
        activation.apply(gradient, count: rows.count * rowElements)
      }
    }
  }

  /// The most windows that meet a pixel of the input.
  var windowsOverPixel: Int { vertical.mostPositionsOverElement * horizontal.mostPositionsOverElement }

  /// Writes the bias to every pixel, zeros where there is none.
  @inline(__always)
  private func fill<Scalar: TensorScalar>(
    _ target: UnsafeMutablePointer<Scalar>, _ pixels: Int, with bias: UnsafePointer<Scalar>?
  ) {
    guard let bias else { return target.update(repeating: 0, count: pixels * inputChannels) }
    for pixel in 0..<pixels {
      for c in 0..<inputChannels { target[pixel * inputChannels + c] = bias[c] }
    }
  }
}

/// The parts of a folded input gradient, a function of the shapes alone.
struct FoldedGradient {
  /// The column matrix of the input, whose blocks are folded.
  let lowering: Lowering
  /// The output gradient as its own column matrix.
  let pointwise: Lowering
  /// The transposed filter in panels.
  let layout: PanelLayout
  /// The same panels with the columns that are zero.
  let productLayout: PanelLayout
  let plan: TilePlan
  /// The bands of rows of one image.
  let bands: Int
  /// Where the columns begin in a worker's region, and the totals of its band in double precision if there are any, in
  /// bytes.
  let columns: Int
  let totals: Int
  let hasTotals: Bool
  let memory: LoweredMemory

  /// The columns of one tile, in elements.
  private static let columnElements = 1 << 14
  private static let wantedTasks = 16
  /// The most memory for a thread's totals.
  static let totalBytes = 16 << 20

  /// The bands of rows of one image. Each makes the columns of the windows over its upper edge once more.
  private static func bands(of geometry: ConvolutionGeometry) -> Int {
    let tallest = max(1, geometry.vertical.input / max(1, 4 * geometry.vertical.covered))
    return max(1, min(tallest, wantedTasks / geometry.batch))
  }

  /// The elements of a band, if they are summed up in double precision: where more windows meet a pixel than may be added up
  /// one after the other.
  static func totalElements(_ geometry: ConvolutionGeometry) -> Int {
    guard geometry.windowsOverPixel > BlockSum.terms else { return 0 }
    return ceilingDivision(geometry.vertical.input, bands(of: geometry)) * geometry.horizontal.input
      * geometry.inputChannels
  }

  init<Scalar: TensorScalar>(_ geometry: ConvolutionGeometry, _ scalar: Scalar.Type) {
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    lowering = Lowering(input: geometry, group: 0)
    pointwise = Lowering(
      height: vertical.output, width: horizontal.output, channels: geometry.outputChannels, channelOffset: 0,
      channelCount: geometry.outputChannels, window: 1, stride: 1, dilation: 1, originHeight: 0, originWidth: 0,
      outputHeight: vertical.output, outputWidth: horizontal.output, batch: geometry.batch)
    layout = PanelLayout(rows: geometry.outputChannels, columns: lowering.columns, of: scalar)
    productLayout = PanelLayout(rows: layout.rows, columns: layout.paddedColumns, of: scalar)
    plan = TilePlan(
      pointwise, filters: productLayout.columns,
      tilePixels: max(24, min(192, Self.columnElements / lowering.columns / 24 * 24)))
    bands = Self.bands(of: geometry)
    let product = PanelProductMemory(pointwise, plan, scalar).bytes
    columns = product
    let elements = Self.totalElements(geometry)
    hasTotals = elements > 0
    totals = columns + (plan.tilePixels * productLayout.columns * MemoryLayout<Scalar>.stride + 63) & ~63
    memory = LoweredMemory(
      panelElements: layout.elements, startElements: layout.paddedColumns, run: pointwise.run,
      worker: totals + (elements * MemoryLayout<Double>.stride + 63) & ~63, of: scalar)
  }

  /// The output rows whose windows meet input rows `rows`.
  func outputRows(meeting rows: Range<Int>, of axis: WindowAxis) -> Range<Int> {
    let low = max(0, ceilingDivision(rows.lowerBound + axis.low - axis.covered + 1, axis.stride))
    let high = min(axis.output, (rows.upperBound - 1 + axis.low) / axis.stride + 1)
    return low..<max(low, high)
  }
}
