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
struct WinogradGrid {
  let scheme: WinogradScheme
  let batch: Int
  /// H and W of the source, and the source position of the first tap at the first output pixel: minus the padding.
  let sourceHeight, sourceWidth, top, left: Int
  /// P and Q of the output.
  let height, width: Int

  /// The tiles of an image below one another and side by side.
  var rows: Int { ceilingDivision(height, scheme.tile.height) }
  var columns: Int { ceilingDivision(width, scheme.tile.width) }
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
      Self.rectangle(
        at: (origin.row + row * scheme.tile.height, origin.column + column * scheme.tile.width), side: side,
        of: extents,
        image: base + image * extents.height * extents.width * channels, channels: channels, outside: outside,
        into: entry)
      entry += side.height * side.width
    }
  }

  @inline(__always)
  private static func rectangle<Scalar>(
    at place: (row: Int, column: Int), side: Extent, of extents: (height: Int, width: Int),
    image: UnsafePointer<Scalar>,
    channels: Int, outside: UnsafePointer<Scalar>, into table: UnsafeMutablePointer<UnsafePointer<Scalar>>
  ) {
    let isInside =
      place.row >= 0 && place.column >= 0 && place.row + side.height <= extents.height
      && place.column + side.width <= extents.width
    for i in 0..<side.height {
      let row = place.row + i
      let line = image + (row * extents.width + place.column) * channels
      let entry = table + i * side.width
      if isInside {
        for j in 0..<side.width { entry[j] = line + j * channels }
      } else {
        let isRowInside = 0..<extents.height ~= row
        for j in 0..<side.width {
          entry[j] = isRowInside && 0..<extents.width ~= place.column + j ? line + j * channels : outside
        }
      }
    }
  }
}

extension WinogradGrid {
  /// The forward pass.
  init(forward geometry: ConvolutionGeometry, _ scheme: WinogradScheme) {
    self.init(
      scheme: scheme, batch: geometry.batch, sourceHeight: geometry.vertical.input,
      sourceWidth: geometry.horizontal.input,
      top: -geometry.vertical.low, left: -geometry.horizontal.low, height: geometry.vertical.output,
      width: geometry.horizontal.output)
  }

  /// The input gradient: the output gradient, padded with r - 1 zeros less the padding, is convolved with the flipped
  /// filter.
  init(inputGradient geometry: ConvolutionGeometry, _ scheme: WinogradScheme) {
    self.init(
      scheme: scheme, batch: geometry.batch, sourceHeight: geometry.vertical.output,
      sourceWidth: geometry.horizontal.output, top: geometry.vertical.low - scheme.window.height + 1,
      left: geometry.horizontal.low - scheme.window.width + 1,
      height: geometry.vertical.input, width: geometry.horizontal.input)
  }
}
