/// An input gradient of any stride by BLAS, the transpose of the forward pass: a GEMM makes the gradient of the column matrix, and
/// col2im adds each column to the pixel that im2col copied it from.
///
/// ```
///              K/g                 R S C/g               R S C/g
///            +------+           +-----------+          +---------+
///     tile   |  dz  |  *   K/g  | filter^T  |  =  tile | columns |  -> added to the pixels of the input (col2im)
///            +------+           +-----------+          +---------+
/// ```
///
/// Columns of neighbouring windows belong to the same pixel of the input. So each task owns a band of the input's rows: it makes
/// the columns of all windows that meet the band, and leaves out those of other rows.
///
/// Source: lecture, "Derivative at Y(l-1, m) from a single Z(l, n) map", each derivative taken to where it came from.
struct BLASFoldedInputGradient<Scalar: TensorScalar>: ConvolutionMethod {
  private let geometry: ConvolutionGeometry
  private let groupChannels, groupFilters: Int
  /// The column matrix of group 0, which is folded.
  private let lowering: Lowering
  private let tiles: BLASTiles
  /// The bands of one image.
  let bands: Int

  /// With fewer channels the GEMM of ``BLASInputGradient`` would have so few columns that col2im is faster.
  private static var fewestChannels: Int { 16 }
  private static var wantedTasks: Int { 8 }

  /// Whether a gradient is computed so, and not by ``BLASInputGradient``.
  static func suits(_ geometry: ConvolutionGeometry) -> Bool {
    if geometry.vertical.stride > 1 || geometry.horizontal.stride > 1 { return true }
    let channels = geometry.inputChannels / geometry.groups
    return !geometry.isPointwise && channels < fewestChannels && channels < geometry.outputChannels / geometry.groups
  }

  init(_ geometry: ConvolutionGeometry) {
    let (vertical, horizontal) = (geometry.vertical, geometry.horizontal)
    self.geometry = geometry
    groupChannels = geometry.inputChannels / geometry.groups
    groupFilters = geometry.outputChannels / geometry.groups
    lowering = Lowering(input: geometry, group: 0)
    let tallest = max(1, vertical.input / max(1, 4 * vertical.covered))
    bands = max(1, min(tallest, ceilingDivision(Self.wantedTasks, geometry.batch * geometry.groups)))
    let bandRows = ceilingDivision(vertical.input, bands) + vertical.covered - 1
    tiles = BLASTiles(
      pixels: min(vertical.output, ceilingDivision(bandRows, vertical.stride)) * horizontal.output,
      columns: lowering.columns, filters: groupFilters, groups: geometry.groups * geometry.batch * bands)
  }

  var title: String { "a BLAS GEMM and col2im, band by band" }
  var facts: [MethodExplanation.Fact] {
    [
      .init("band", "\(ceilingDivision(geometry.vertical.input, bands)) of \(geometry.vertical.input) rows"),
      .init("tile", "\(tiles.tilePixels) pixels, \(tiles.columnsAtOnce) of \(tiles.columns) columns at a time"),
      .init("tasks", "\(geometry.batch * bands * geometry.groups)"),
    ]
  }

  /// The elements of a band that are added up in double precision: where more windows meet a pixel than may be added one after
  /// the other; see ``BlockSum``.
  private var totalElements: Int {
    guard geometry.windowsOverPixel > BlockSum.terms else { return 0 }
    return ceilingDivision(geometry.vertical.input, bands) * geometry.horizontal.input * geometry.inputChannels
  }
  private var columnBytes: Int { (tiles.elements * MemoryLayout<Scalar>.stride + 63) & ~63 }
  private var workerBytes: Int { columnBytes + (totalElements * MemoryLayout<Double>.stride + 63) & ~63 }

  func workspaceBytes(threads: Int) -> Int { threads * workerBytes }

  func run(_ operands: ImageOperands<Scalar>, _ context: ExecutionContext) throws(UnfoldError) {
    try context.withScratch(bytes: workspaceBytes(threads: context.threads)) { scratch in
      context.forEach(geometry.batch * bands * geometry.groups) { task, worker in
        let (place, group) = task.quotientAndRemainder(dividingBy: geometry.groups)
        fold(operands, image: place / bands, band: place % bands, group, scratch + worker * workerBytes)
      }
    }
  }

  /// Makes one group's gradient of one band of rows.
  @inline(__always)
  private func fold(
    _ operands: ImageOperands<Scalar>, image: Int, band: Int, _ group: Int, _ scratch: UnsafeMutableRawPointer
  ) {
    let (height, width) = (geometry.vertical.input, geometry.horizontal.input)
    let (channels, filters) = (geometry.inputChannels, geometry.outputChannels)
    let outputGradient = operands.source + group * groupFilters
    let filter = operands.filter + group * groupFilters
    let inputGradient = operands.target + group * groupChannels
    let rows = height * band / bands..<height * (band + 1) / bands
    let first = (image * height + rows.lowerBound) * width * channels
    let target = Matrix(inputGradient + first, rows: rows.count * width, columns: groupChannels, stride: channels)
    target.fillZero()
    let columns = scratch.assumingMemoryBound(to: Scalar.self)
    let totals = (scratch + columnBytes).assumingMemoryBound(to: Double.self)
    let hasTotals = totalElements > 0
    if hasTotals { totals.update(repeating: 0, count: rows.count * width * channels) }
    let windows = geometry.vertical.positions(meeting: rows)
    var pixel = (image * geometry.vertical.output + windows.lowerBound) * geometry.horizontal.output
    let end = (image * geometry.vertical.output + windows.upperBound) * geometry.horizontal.output
    while pixel < end {
      let pixels = pixel..<min(pixel + tiles.tilePixels, end)
      let left = Matrix(
        outputGradient + pixel * filters, rows: pixels.count, columns: groupFilters, stride: filters)
      tiles.forEachColumns { range in
        let right = Matrix(
          filter + range.lowerBound * filters, rows: range.count, columns: groupFilters, stride: filters)
        let block = Matrix(columns, rows: pixels.count, columns: range.count, stride: range.count)
        multiply(left, right.transposed, into: block, accumulating: false)
        if hasTotals {
          lowering.fold(
            columns, stride: range.count, pixels: pixels, columns: range, rows: rows, adding: totals - first)
        } else {
          lowering.fold(columns, stride: range.count, pixels: pixels, columns: range, rows: rows, adding: inputGradient)
        }
      }
      pixel = pixels.upperBound
    }
    if hasTotals {
      for place in 0..<target.rows {
        finishBlocks(target.base + place * channels, totals + place * channels, groupChannels)
      }
    }
    target.finish(bias: operands.bias.map { $0 + group * groupChannels }, operands.activation)
  }
}
