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
  /// H and W of the source, and the source position of the first tap at the first output pixel: minus the padding.
  let sourceHeight, sourceWidth, top, left: Int
  /// The tiles below one another and side by side, of all phases.
  let rows, columns: TileLine

  var tiles: Int { batch * rows.count * columns.count }

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
      of: tiles, side: scheme.tile, at: (0, 0), in: (rows.pixels, columns.pixels), from: base, channels: channels,
      outside: outside,
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
      let (line, column) = index.quotientAndRemainder(dividingBy: columns.count)
      let (image, row) = line.quotientAndRemainder(dividingBy: rows.count)
      rectangle(
        at: (origin.row + rows.firstPixel(of: row), origin.column + columns.firstPixel(of: column)), side: side,
        of: extents,
        image: base + image * extents.height * extents.width * channels, channels: channels, outside: outside,
        into: entry)
      entry += side.height * side.width
    }
  }

  @inline(__always)
  private func rectangle<Scalar>(
    at place: (row: Int, column: Int), side: Extent, of extents: (height: Int, width: Int),
    image: UnsafePointer<Scalar>,
    channels: Int, outside: UnsafePointer<Scalar>, into table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    let (rowStep, columnStep) = (rows.dilation, columns.dilation)
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
    let dilation = geometry.dilationOfTaps
    self.init(
      scheme: scheme, batch: geometry.batch, sourceHeight: geometry.vertical.input,
      sourceWidth: geometry.horizontal.input, top: -geometry.vertical.low, left: -geometry.horizontal.low,
      rows: TileLine(geometry.vertical.output, dilation: dilation.height, tile: scheme.tile.height),
      columns: TileLine(geometry.horizontal.output, dilation: dilation.width, tile: scheme.tile.width))
  }

  /// The input gradient: the output gradient, padded with (r - 1) d zeros less the padding, is convolved with the flipped
  /// filter.
  init(inputGradient geometry: ConvolutionGeometry, _ scheme: WinogradScheme) {
    let dilation = geometry.dilationOfTaps
    self.init(
      scheme: scheme, batch: geometry.batch, sourceHeight: geometry.vertical.output,
      sourceWidth: geometry.horizontal.output,
      top: geometry.vertical.low - (scheme.window.height - 1) * dilation.height,
      left: geometry.horizontal.low - (scheme.window.width - 1) * dilation.width,
      rows: TileLine(geometry.vertical.input, dilation: dilation.height, tile: scheme.tile.height),
      columns: TileLine(geometry.horizontal.input, dilation: dilation.width, tile: scheme.tile.width))
  }
}

/// The tiles that cover the output along one axis, phase after phase. The first phases may have a pixel, and with it a
/// tile, more than the others.
///
/// ```
///    9 pixels, dilation 4, tiles of 2      pixel  0 1 2 3 4 5 6 7 8
///                                          phase  0 1 2 3 0 1 2 3 0
///                                          tile   0 2 3 4 0 2 3 4 1
/// ```
struct TileLine {
  /// The pixels of the output, the distance of two pixels of a tile, and m.
  let pixels, dilation, tile: Int
  /// All tiles.
  let count: Int
  /// The phases that have a pixel more, the tiles of each, and those of each other phase.
  private let longPhases, longTiles, shortTiles: Int

  init(_ pixels: Int, dilation: Int, tile: Int) {
    (self.pixels, self.dilation, self.tile) = (pixels, dilation, tile)
    let short: Int
    (short, longPhases) = pixels.quotientAndRemainder(dividingBy: dilation)
    (longTiles, shortTiles) = (ceilingDivision(short + 1, tile), ceilingDivision(short, tile))
    count = longPhases * longTiles + (dilation - longPhases) * shortTiles
  }

  /// The first pixel of a tile.
  @inline(__always)
  func firstPixel(of index: Int) -> Int {
    if dilation == 1 { return index * tile }
    let others = index - longPhases * longTiles
    let (phase, place) = (others < 0 ? index : others).quotientAndRemainder(
      dividingBy: others < 0 ? longTiles : shortTiles)
    return (others < 0 ? phase : longPhases + phase) + place * tile * dilation
  }
}

extension ConvolutionGeometry {
  /// The distance of neighbouring taps of a filter, 1 where there is a single one.
  fileprivate var dilationOfTaps: Extent {
    Extent(vertical.window > 1 ? vertical.dilation : 1, horizontal.window > 1 ? horizontal.dilation : 1)
  }
}
