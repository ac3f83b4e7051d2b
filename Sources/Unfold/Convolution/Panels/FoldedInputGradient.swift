/// The input gradient as a column matrix that is folded (col2im), for few input channels: for each image and band of its rows,
/// tile by tile of the output pixels that meet the band.
///
/// ```
///             K                  R S C              R S C
///          +--------+         +---------+        +---------+
///   tile   | output |  *   K  |filter^T |  =     | columns |   -> added to the band's pixels (col2im)
///          | grad.  |         |         |        |         |
///          +--------+         +---------+        +---------+
/// ```
///
/// A product with C columns would leave most of a vector empty: the first layer of a network has one or three. This one has
/// R S C columns instead, at the price of adding them up. Those of a tile are as many as whole vectors hold, so that the kernel
/// stores nothing element by element; those beyond R S C are zero and not folded.
///
/// A band owns its rows: where windows reach over its edge, both bands make their columns. Where very many windows
/// overlap, the band is summed up in double precision, see ``BlockSum``.
struct FoldedInputGradient<Scalar: TensorScalar>: ConvolutionMethod {
  private let geometry: ConvolutionGeometry
  /// The column matrix of the input, whose blocks are folded.
  private let lowering: Lowering
  /// The output gradient as its own column matrix.
  private let pointwise: Lowering
  /// The transposed filter in panels.
  private let layout: PanelLayout
  /// The same panels with the columns that are zero.
  private let productLayout: PanelLayout
  private let plan: TilePlan
  /// The bands of rows of one image. Each makes the columns of the windows over its upper edge once more.
  private let bands: Int
  /// A worker's columns, and the totals of its band in double precision if there are any.
  private let columns: ScratchRegion<Scalar>
  private let totals: ScratchRegion<Double>
  let hasTotals: Bool
  private let memory: LoweredMemory<Scalar>

  /// The columns of one tile, in elements.
  private static var columnElements: Int { 1 << 14 }
  private static var wantedTasks: Int { 16 }
  /// The most memory for a thread's totals.
  private static var totalBytes: Int { 16 << 20 }

  /// Whether this is expected to be the fastest of the engine's own methods without Winograd. Compared are vectors of products
  /// for one pixel of the output.
  static func suits(_ geometry: ConvolutionGeometry) -> Bool {
    guard geometry.groups == 1, totalElements(geometry) * MemoryLayout<Double>.stride <= totalBytes else {
      return false
    }
    let lanes = Scalar._kernels.nr / 2
    let taps = geometry.vertical.window * geometry.horizontal.window
    let (channels, filters) = (geometry.inputChannels, geometry.outputChannels)
    let direct = taps * ceilingDivision(channels, lanes) * filters
    let folded = ceilingDivision(taps * channels, lanes) * filters + 2 * taps * channels
    return direct > folded + folded / 4
  }

  private static func bands(of geometry: ConvolutionGeometry) -> Int {
    let tallest = max(1, geometry.vertical.input / max(1, 4 * geometry.vertical.covered))
    return max(1, min(tallest, wantedTasks / geometry.batch))
  }

  /// The elements of a band, if they are summed up in double precision: where more windows meet a pixel than may be added up
  /// one after the other.
  private static func totalElements(_ geometry: ConvolutionGeometry) -> Int {
    guard geometry.windowsOverPixel > BlockSum.terms else { return 0 }
    return ceilingDivision(geometry.vertical.input, bands(of: geometry)) * geometry.horizontal.input
      * geometry.inputChannels
  }

  init(_ geometry: ConvolutionGeometry) {
    let (vertical, horizontal, filters) = (geometry.vertical, geometry.horizontal, geometry.outputChannels)
    let totalElements = Self.totalElements(geometry)
    bands = Self.bands(of: geometry)
    hasTotals = totalElements > 0
    self.geometry = geometry
    lowering = Lowering(input: geometry, group: 0)
    pointwise = Lowering(
      height: vertical.output, width: horizontal.output, channels: filters, channelOffset: 0, channelCount: filters,
      window: 1, stride: 1, dilation: 1, originHeight: 0, originWidth: 0, outputHeight: vertical.output,
      outputWidth: horizontal.output, batch: geometry.batch)
    layout = PanelLayout(rows: filters, columns: lowering.columns, of: Scalar.self)
    productLayout = PanelLayout(rows: filters, columns: layout.paddedColumns, of: Scalar.self)
    plan = TilePlan(
      pointwise, filters: productLayout.columns,
      tilePixels: max(24, min(192, Self.columnElements / lowering.columns / 24 * 24)))
    var own = PanelProductMemory<Scalar>(pointwise, plan).regions
    columns = own.reserve(plan.tilePixels * productLayout.columns, of: Scalar.self)
    totals = own.reserve(totalElements, of: Double.self)
    memory = LoweredMemory(
      panelElements: layout.elements, startElements: layout.paddedColumns, segmentLength: pointwise.segmentLength,
      own: own)
  }

  var title: String { "GEMM of packed panels and col2im, band by band" }
  var facts: [MethodExplanation.Fact] {
    [
      .init("band", "\(ceilingDivision(geometry.vertical.input, bands)) of \(geometry.vertical.input) rows"),
      .init("tasks", "\(geometry.batch * bands)"),
    ] + plan.facts(productLayout, groups: 1, Scalar.self).filter { $0.name != "tasks" }
  }

  func workspaceBytes(threads: Int) -> Int { memory.bytes(threads: threads) }

  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { (scratch) throws(UnfoldError) in
      let panels = memory.panels.base(in: scratch)
      memory.fillStarts(in: scratch, productLayout, groups: 1, with: nil)
      context.forEach(layout.panels) { panel, _ in
        layout.packTransposed(
          operands.filter, stride: geometry.outputChannels, panel: panel, rows: 0..<geometry.outputChannels,
          into: panels + layout.offset(of: panel))
      }
      context.forEach(geometry.batch * bands) { task, worker in
        let (image, band) = task.quotientAndRemainder(dividingBy: bands)
        fold(operands, image, band: band, scratch, worker)
      }
    }
  }

  /// Makes the gradient of one band of rows.
  @inline(__always)
  private func fold(
    _ operands: ImageOperands<Scalar>, _ image: Int, band: Int, _ scratch: UnsafeMutableRawPointer, _ worker: Int
  ) {
    let (height, outputWidth) = (geometry.vertical.input, geometry.horizontal.output)
    let rowElements = geometry.horizontal.input * geometry.inputChannels
    let rows = height * band / bands..<height * (band + 1) / bands
    let first = (image * height + rows.lowerBound) * rowElements
    let gradient = operands.target + first
    fill(gradient, rows.count * geometry.horizontal.input, with: operands.bias)

    let region = memory.worker(worker, in: scratch)
    let columns = columns.base(in: region)
    let totals = totals.base(in: region)
    if hasTotals { totals.update(repeating: 0, count: rows.count * rowElements) }
    let outputRows = geometry.vertical.positions(meeting: rows)
    var pixel = (image * geometry.vertical.output + outputRows.lowerBound) * outputWidth
    let end = (image * geometry.vertical.output + outputRows.upperBound) * outputWidth
    let all = 0..<lowering.columns
    while pixel < end {
      let tile = pixel..<min(pixel + plan.tilePixels, end)
      let next = tile.upperBound..<min(tile.upperBound + plan.tilePixels, end)
      PanelProduct(
        lowering: pointwise, plan: plan, layout: productLayout, source: operands.source,
        right: .panels(memory.panels.base(in: scratch)),
        start: memory.start(0, productLayout, in: scratch),
        zeros: UnsafePointer(memory.zeros.base(in: scratch)),
        targets: PixelGrid(
          base: columns - tile.lowerBound * productLayout.columns, height: 1, width: pointwise.pixels,
          imageStride: 0, rowStride: 0, pixelStride: productLayout.columns),
        activation: .identity
      ).multiply(tile, 0..<productLayout.columns, next: next, scratch: region)
      let stride = productLayout.columns
      if hasTotals {
        lowering.fold(columns, stride: stride, pixels: tile, columns: all, rows: rows, adding: totals - first)
      } else {
        lowering.fold(columns, stride: stride, pixels: tile, columns: all, rows: rows, adding: operands.target)
      }
      pixel = tile.upperBound
    }
    if hasTotals { finishBlocks(gradient, totals, rows.count * rowElements) }
    operands.activation.apply(gradient, count: rows.count * rowElements)
  }

  /// Writes the bias to every pixel, zeros where there is none.
  @inline(__always)
  private func fill(_ target: UnsafeMutablePointer<Scalar>, _ pixels: Int, with bias: UnsafePointer<Scalar>?) {
    let channels = geometry.inputChannels
    guard let bias else { return target.update(repeating: 0, count: pixels * channels) }
    for pixel in 0..<pixels {
      for c in 0..<channels { target[pixel * channels + c] = bias[c] }
    }
  }
}

extension ConvolutionGeometry {
  /// The most windows that meet a pixel of the input.
  var windowsOverPixel: Int { vertical.mostPositionsOverElement * horizontal.mostPositionsOverElement }
}
