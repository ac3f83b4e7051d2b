/// The tiles of m x m pixels that cover the output of a convolution of stride 1. Each tile depends on n x n pixels of
/// the source, n = m + r - 1. For a window of one row or column they are lines of m and n pixels.
///
/// ```
///      source, with padding                  output
///    +-------------------------+          +-----+-----+--
///    |   n   |                 |          |  m  |     |      tile 0 and tile 1 overlap in the source by r - 1
///    |   +---|---+             |   --->   +-----+-----+--    columns; the last tiles reach beyond the output
///    +---|---+   | ...         |          |     |     |
/// ```
///
/// A dilation d splits the output into d x d phases, each of which is an ordinary convolution: every d-th pixel depends on
/// every d-th pixel of the source. The tiles of a phase take pixels d apart:
///
/// ```
///    dilation 2      0 1 0 1 0 1      output rows of phase 0 take source rows of phase 0 alone,
///    in a row        0 1 0 1 0 1      less the padding, those of phase 1 the others
/// ```
struct WinogradGrid {
  let scheme: WinogradScheme
  let batch: Int
  /// The distance of two rows and of two columns of a tile, in the source and in the output.
  let dilation: Extent
  /// H and W of the source, and the source position of the first tap at the first output pixel: minus the padding.
  let sourceHeight, sourceWidth, top, left: Int
  /// P and Q of the output.
  let height, width: Int

  /// The phases of rows and of columns: no more than there are.
  private var phases: Extent { Extent(min(dilation.height, height), min(dilation.width, width)) }
  /// The tiles of a phase below one another and side by side; the last of some phases may lie beyond the output.
  private var phaseRows: Int { ceilingDivision(ceilingDivision(height, dilation.height), scheme.tile.height) }
  private var phaseColumns: Int { ceilingDivision(ceilingDivision(width, dilation.width), scheme.tile.width) }
  /// The tiles of an image, phase after phase.
  var rows: Int { phases.height * phaseRows }
  var columns: Int { phases.width * phaseColumns }
  var tiles: Int { batch * rows * columns }

  /// Writes the addresses of the source pixels of tiles, n² or n each; those of the padding are `outside`.
  @inline(__always)
  func sources<Scalar>(
    of tiles: Range<Int>, from base: UnsafePointer<Scalar>, channels: Int, outside: UnsafePointer<Scalar>,
    into table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    rectangles(
      of: tiles, side: scheme.side, at: (top, left), in: (sourceHeight, sourceWidth), from: base, channels: channels,
      outside: outside, into: table)
  }

  /// Writes the addresses of the output pixels of tiles, m² or m each; those beyond the output are `outside`.
  @inline(__always)
  func targets<Scalar>(
    of tiles: Range<Int>, from base: UnsafePointer<Scalar>, channels: Int, outside: UnsafePointer<Scalar>,
    into table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    rectangles(
      of: tiles, side: scheme.tile, at: (0, 0), in: (height, width), from: base, channels: channels, outside: outside,
      into: table)
  }

  /// Writes the addresses of a rectangle for each tile: `origin` is the place of the first tile's.
  @inline(__always)
  private func rectangles<Scalar>(
    of tiles: Range<Int>, side: Extent, at origin: (row: Int, column: Int), in extents: (height: Int, width: Int),
    from base: UnsafePointer<Scalar>, channels: Int, outside: UnsafePointer<Scalar>,
    into table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    var entry = table
    for index in tiles {
      let (line, column) = index.quotientAndRemainder(dividingBy: columns)
      let (image, row) = line.quotientAndRemainder(dividingBy: rows)
      let (top, left) = (
        first(row, of: phaseRows, tile: scheme.tile.height, dilation: dilation.height),
        first(column, of: phaseColumns, tile: scheme.tile.width, dilation: dilation.width)
      )
      rectangle(
        at: (origin.row + top, origin.column + left), side: side, of: extents,
        image: base + image * extents.height * extents.width * channels, channels: channels, outside: outside,
        into: entry)
      entry += side.height * side.width
    }
  }

  /// The first row, or column, of the tiles of number `index`, of which a phase has `count`.
  @inline(__always)
  private func first(_ index: Int, of count: Int, tile: Int, dilation: Int) -> Int {
    if dilation == 1 { return index * tile }
    let (phase, place) = index.quotientAndRemainder(dividingBy: count)
    return phase + place * tile * dilation
  }

  @inline(__always)
  private func rectangle<Scalar>(
    at place: (row: Int, column: Int), side: Extent, of extents: (height: Int, width: Int),
    image: UnsafePointer<Scalar>,
    channels: Int, outside: UnsafePointer<Scalar>, into table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    let (rowStep, columnStep) = (dilation.height, dilation.width)
    let isInside =
      place.row >= 0 && place.column >= 0 && place.row + (side.height - 1) * rowStep < extents.height
      && place.column + (side.width - 1) * columnStep < extents.width
    for i in 0..<side.height {
      let row = place.row + i * rowStep
      let line = image + (row * extents.width + place.column) * channels
      let entry = table + i * side.width
      if isInside {
        for j in 0..<side.width { entry[j] = line + j * columnStep * channels }
      } else {
        let isRowInside = 0..<extents.height ~= row
        for j in 0..<side.width {
          let column = j * columnStep
          entry[j] = isRowInside && 0..<extents.width ~= place.column + column ? line + column * channels : outside
        }
      }
    }
  }
}

extension WinogradGrid {
  /// The forward pass.
  init(forward geometry: ConvolutionGeometry, _ scheme: WinogradScheme) {
    self.init(
      scheme: scheme, batch: geometry.batch, dilation: geometry.dilationOfTaps,
      sourceHeight: geometry.vertical.input, sourceWidth: geometry.horizontal.input, top: -geometry.vertical.low,
      left: -geometry.horizontal.low, height: geometry.vertical.output,
      width: geometry.horizontal.output)
  }

  /// The input gradient: the output gradient, padded with (r - 1) d zeros less the padding, is convolved with the flipped
  /// filter.
  init(inputGradient geometry: ConvolutionGeometry, _ scheme: WinogradScheme) {
    let dilation = geometry.dilationOfTaps
    self.init(
      scheme: scheme, batch: geometry.batch, dilation: dilation, sourceHeight: geometry.vertical.output,
      sourceWidth: geometry.horizontal.output,
      top: geometry.vertical.low - (scheme.window.height - 1) * dilation.height,
      left: geometry.horizontal.low - (scheme.window.width - 1) * dilation.width,
      height: geometry.vertical.input, width: geometry.horizontal.input)
  }
}

extension ConvolutionGeometry {
  /// The distance of neighbouring taps of a filter, 1 where there is a single one.
  fileprivate var dilationOfTaps: Extent {
    Extent(vertical.window > 1 ? vertical.dilation : 1, horizontal.window > 1 ? horizontal.dilation : 1)
  }
}
