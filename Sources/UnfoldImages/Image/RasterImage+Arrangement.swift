/// Mirror images, turns and cuts: pixels change their places, not their values.
extension RasterImage {
  /// The image mirrored left to right.
  ///
  /// - Complexity: O(pixels), as for all functions of this extension.
  public var flippedHorizontally: RasterImage {
    rearranged(height: height, width: width) { y, x in (y, width - 1 - x) }
  }

  /// The image mirrored top to bottom.
  public var flippedVertically: RasterImage {
    rearranged(height: height, width: width) { y, x in (height - 1 - y, x) }
  }

  /// A rectangle of the image. What lies outside of the image is 0.
  ///
  /// - Parameters:
  ///   - top: The first row, which may lie outside.
  ///   - left: The first column, which may lie outside.
  ///   - height: The rows, 1 or more.
  ///   - width: The columns, 1 or more.
  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for a rectangle without pixels or with more than
  ///   2^31 of them.
  public func cropped(top: Int, left: Int, height: Int, width: Int) throws(ImageError) -> RasterImage {
    let places = -(1 << 40)...(1 << 40)
    guard height >= 1, width >= 1, height <= 1 << 31, width <= (1 << 31) / height, places.contains(top),
      places.contains(left)
    else {
      throw .invalidArgument(
        name: "crop", expected: "1 to 2^31 pixels", found: "\(height)x\(width) at \(top), \(left)")
    }
    return crop(Rectangle(top: top, left: left, height: height, width: width))
  }

  func crop(_ rectangle: Rectangle) -> RasterImage {
    if rectangle == Rectangle(top: 0, left: 0, height: height, width: width) { return self }
    var result = RasterImage(height: rectangle.height, width: rectangle.width, channels: channels, value: 0)
    let rows = max(rectangle.top, 0)..<max(min(rectangle.top + rectangle.height, height), max(rectangle.top, 0))
    let columns = max(rectangle.left, 0)..<max(min(rectangle.left + rectangle.width, width), max(rectangle.left, 0))
    guard !columns.isEmpty else { return result }
    for y in rows {
      let source = y * rowBytes + columns.lowerBound * channels
      let target = (y - rectangle.top) * result.rowBytes + (columns.lowerBound - rectangle.left) * channels
      let count = columns.count * channels
      result.pixels.withUnsafeMutableBufferPointer { targetPixels in
        pixels.withUnsafeBufferPointer { sourcePixels in
          for byte in 0..<count { targetPixels[target + byte] = sourcePixels[source + byte] }
        }
      }
    }
    return result
  }

  /// The image upright, from one that is stored in another orientation.
  func upright(from orientation: Orientation) -> RasterImage {
    let (h, w) = (height, width)
    return switch orientation {
    case .upright: self
    case .mirrored: flippedHorizontally
    case .upsideDown: rearranged(height: h, width: w) { y, x in (h - 1 - y, w - 1 - x) }
    case .mirroredUpsideDown: flippedVertically
    case .transposed: rearranged(height: w, width: h) { y, x in (x, y) }
    case .turnedLeft: rearranged(height: w, width: h) { y, x in (h - 1 - x, y) }
    case .transverse: rearranged(height: w, width: h) { y, x in (h - 1 - x, w - 1 - y) }
    case .turnedRight: rearranged(height: w, width: h) { y, x in (x, w - 1 - y) }
    }
  }

  /// An image whose pixel at (y, x) is that of this image at `origin(y, x)`.
  @inline(__always)
  private func rearranged(height: Int, width: Int, _ origin: (Int, Int) -> (Int, Int)) -> RasterImage {
    RasterImage(height: height, width: width, channels: channels) { target in
      pixels.withUnsafeBufferPointer { source in
        var place = 0
        for y in 0..<height {
          for x in 0..<width {
            let (row, column) = origin(y, x)
            let from = row * rowBytes + column * channels
            for channel in 0..<channels { target[place + channel] = source[from + channel] }
            place += channels
          }
        }
      }
    }
  }
}

/// A rectangle of pixels.
struct Rectangle: Hashable, Sendable {
  var top: Int
  var left: Int
  var height: Int
  var width: Int
}
