/// One item of a scene: an image, how large and where.
struct SceneItem {
  let image: Int
  let label: Int
  let scale: Float
  let top: Int
  let left: Int
  let height: Int
  let width: Int

  /// The common area of two boxes as a part of the smaller.
  func covers(_ other: SceneItem) -> Float {
    let rows = min(top + height, other.top + other.height) - max(top, other.top)
    let columns = min(left + width, other.left + other.width) - max(left, other.left)
    guard rows > 0, columns > 0 else { return 0 }
    return Float(rows * columns) / Float(min(height * width, other.height * other.width))
  }

  /// Draws the item, and calls `mark` for each pixel that becomes its own.
  ///
  /// Up to the threshold the ground is blended in, so that an item has no black edge.
  func draw(
    _ images: LabelledImages, on canvas: UnsafeMutableBufferPointer<Float>, size: Int, mark: (_ pixel: Int) -> Void
  ) {
    for y in 0..<height {
      for x in 0..<width {
        let grey = images.grey(of: image, row: (Float(y) + 0.5) / scale - 0.5, column: (Float(x) + 0.5) / scale - 0.5)
        let pixel = (top + y) * size + left + x
        let cover = min(1, grey / Scenes.threshold)
        canvas[pixel] = cover * grey + (1 - cover) * canvas[pixel]
        if grey > Scenes.threshold { mark(pixel) }
      }
    }
  }
}

extension LabelledImages {
  /// The first channel between four pixels, 0 to 1; 0 outside.
  fileprivate func grey(of image: Int, row: Float, column: Float) -> Float {
    let (top, left) = (Int(row.rounded(.down)), Int(column.rounded(.down)))
    let (down, right) = (row - Float(top), column - Float(left))
    func pixel(_ y: Int, _ x: Int) -> Float {
      guard y >= 0, y < height, x >= 0, x < width else { return 0 }
      return Float(pixels[((image * height + y) * width + x) * channels]) / 255
    }
    let upper = (1 - right) * pixel(top, left) + right * pixel(top, left + 1)
    let lower = (1 - right) * pixel(top + 1, left) + right * pixel(top + 1, left + 1)
    return (1 - down) * upper + down * lower
  }
}
