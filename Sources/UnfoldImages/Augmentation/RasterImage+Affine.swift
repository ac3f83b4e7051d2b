import Glibc

/// Shears, moves and turns: each pixel comes from the nearest place of the image, or is 0 where that is outside. The
/// conventions are torchvision's on Pillow images.
extension RasterImage {
  /// Sheared: each row moves left by `x` pixels against the row above it, each column moves up by `y` against the column
  /// to its left. The first pixel stays.
  ///
  /// - Complexity: O(pixels), as for all functions of this extension.
  public func sheared(x: Double = 0, y: Double = 0) -> RasterImage {
    // The angle and its tangent, as torchvision computes them, so that the last bits are the same.
    func tangent(_ magnitude: Double) -> Double { tan(atan(magnitude) * 180 / .pi * .pi / 180) }
    return transformed(AffineMap(a: 1, b: tangent(x), c: 0, d: tangent(y), e: 1, f: 0))
  }

  /// Moved to the right and down.
  public func moved(right: Int = 0, down: Int = 0) -> RasterImage {
    transformed(AffineMap(a: 1, b: 0, c: -Double(right), d: 0, e: 1, f: -Double(down)))
  }

  /// Turned around its centre, counter-clockwise, by degrees.
  public func turned(degrees: Double) -> RasterImage {
    guard degrees.isFinite else { return self }
    var angle = degrees.truncatingRemainder(dividingBy: 360)
    if angle < 0 { angle += 360 }
    if angle == 0 { return self }
    let radians = -(angle * .pi / 180)
    func rounded(_ value: Double) -> Double { (value * 1e15).rounded(.toNearestOrEven) / 1e15 }
    let (cosine, sine) = (rounded(cos(radians)), rounded(sin(radians)))
    let (x, y) = (Double(width) / 2, Double(height) / 2)
    return transformed(
      AffineMap(
        a: cosine, b: sine, c: cosine * -x + sine * -y + x, d: rounded(-sin(radians)), e: cosine,
        f: rounded(-sin(radians)) * -x + cosine * -y + y))
  }

  /// The pixel at (y, x) is that at (d x + e y + f, a x + b y + c), in fixed point of 16 bits.
  private func transformed(_ map: AffineMap) -> RasterImage {
    func fixed(_ value: Double) -> Int { Int((min(max(value, -1e12), 1e12) * 65_536 + 0.5).rounded(.down)) }
    let (a, b, d, e) = (fixed(map.a), fixed(map.b), fixed(map.d), fixed(map.e))
    // From the centre of the first pixel.
    let c = fixed(map.c + map.a * 0.5 + map.b * 0.5)
    let f = fixed(map.f + map.d * 0.5 + map.e * 0.5)
    return RasterImage(height: height, width: width, channels: channels) { target in
      pixels.withUnsafeBufferPointer { source in
        var place = 0
        for y in 0..<height {
          for x in 0..<width {
            let column = (a * x + b * y + c) >> 16
            let row = (d * x + e * y + f) >> 16
            let isInside = column >= 0 && column < width && row >= 0 && row < height
            let from = isInside ? row * rowBytes + column * channels : 0
            for channel in 0..<channels { target[place + channel] = isInside ? source[from + channel] : 0 }
            place += channels
          }
        }
      }
    }
  }
}

/// An affine map of places.
private struct AffineMap {
  let a, b, c, d, e, f: Double
}
