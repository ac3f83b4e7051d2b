/// An image of bytes: one channel of grey, or red, green and blue.
struct PixelImage: Equatable {
  let height: Int
  let width: Int
  /// 1 or 3.
  let channels: Int
  /// `[height, width, channels]`, row-major.
  private(set) var pixels: [UInt8]

  /// A grey image, its brightness by row and column, 0 to 1.
  init(height: Int, width: Int, grey: (_ y: Int, _ x: Int) -> Float) {
    (self.height, self.width, channels) = (height, width, 1)
    pixels = []
    pixels.reserveCapacity(height * width)
    for y in 0..<height { for x in 0..<width { pixels.append(byte(grey(y, x))) } }
  }

  /// A coloured image, its colours by row and column.
  init(height: Int, width: Int, colour: (_ y: Int, _ x: Int) -> Colour) {
    (self.height, self.width, channels) = (height, width, 3)
    pixels = []
    pixels.reserveCapacity(height * width * 3)
    for y in 0..<height {
      for x in 0..<width {
        let colour = colour(y, x)
        pixels += [colour.red, colour.green, colour.blue]
      }
    }
  }

  /// The colour of a pixel.
  subscript(y: Int, x: Int) -> Colour {
    let first = (y * width + x) * channels
    let (green, blue) = channels == 3 ? (first + 1, first + 2) : (first, first)
    return Colour(Int(pixels[first]) << 16 | Int(pixels[green]) << 8 | Int(pixels[blue]))
  }

  /// Each pixel as a square of `factor` times `factor`: nothing is smoothed.
  func enlarged(by factor: Int) -> PixelImage {
    guard factor > 1 else { return self }
    if channels == 1 {
      return PixelImage(height: height * factor, width: width * factor) { y, x in
        Float(pixels[y / factor * width + x / factor]) / 255
      }
    }
    return PixelImage(height: height * factor, width: width * factor) { y, x in self[y / factor, x / factor] }
  }

  /// Enlarged by the largest whole factor with which neither side is longer than `side`.
  func enlarged(to side: Int) -> PixelImage { enlarged(by: max(1, side / max(height, width, 1))) }
}

extension PixelImage {
  /// Images side by side at the top of a white ground.
  static func row(_ images: [PixelImage], gap: Int) -> PixelImage {
    var starts: [Int] = []
    var width = 0
    for image in images {
      starts.append(width)
      width += image.width + gap
    }
    return PixelImage(height: images.map(\.height).max() ?? 0, width: max(0, width - gap)) { y, x in
      let index = (starts.firstIndex { $0 > x } ?? images.count) - 1
      let (image, left) = (images[index], x - starts[index])
      return y < image.height && left < image.width ? image[y, left] : .white
    }
  }

  /// Tiles of one size, row by row, with lines between and around them.
  ///
  /// - Parameters:
  ///   - columns: The tiles of a row; nil for those of a picture about twice as wide as high.
  ///   - gap: The width of the lines.
  ///   - line: Their colour.
  static func grid(_ tiles: [PixelImage], columns: Int? = nil, gap: Int = 4, line: Colour = .line)
    -> PixelImage
  {
    guard let first = tiles.first else { return PixelImage(height: 0, width: 0) { _, _ in 0 } }
    let (cellHeight, cellWidth) = (first.height + gap, first.width + gap)
    let columns = max(1, columns ?? widestColumns(tiles.count, height: cellHeight, width: cellWidth))
    let rows = (tiles.count + columns - 1) / columns
    return PixelImage(height: rows * cellHeight + gap, width: columns * cellWidth + gap) { y, x in
      let (row, top) = (y - gap).quotientAndRemainder(dividingBy: cellHeight)
      let (column, left) = (x - gap).quotientAndRemainder(dividingBy: cellWidth)
      let index = row * columns + column
      guard y >= gap, x >= gap, index < tiles.count, top < first.height, left < first.width else { return line }
      return tiles[index][top, left]
    }
  }

  /// The columns of a picture about twice as wide as high: where a divisor of the number of tiles is near, that, so
  /// that no row is left unfinished.
  private static func widestColumns(_ count: Int, height: Int, width: Int) -> Int {
    let wanted = (2 * Double(count) * Double(height) / Double(width)).squareRoot()
    let near = (1...count).filter { count % $0 == 0 && Double($0) >= wanted * 0.6 && Double($0) <= wanted * 1.5 }
    return near.min { abs(Double($0) - wanted) < abs(Double($1) - wanted) }
      ?? min(count, Int(wanted.rounded(.up)))
  }
}
