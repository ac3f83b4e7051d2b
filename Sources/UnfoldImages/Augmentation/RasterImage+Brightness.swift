/// Brightness, contrast, saturation and sharpness, as in Pillow's `ImageEnhance` and torchvision: a blend of the image
/// with a simpler one. A factor of 0 gives the simpler image, 1 the image itself, 2 twice the difference.
extension RasterImage {
  /// Blended with black. Factors below 0 count as 0, here and below.
  ///
  /// - Complexity: O(pixels), as for all functions of this extension.
  public func brightened(by factor: Double) -> RasterImage {
    blended(from: RasterImage(height: height, width: width, channels: channels, value: 0), factor)
  }

  /// Blended with the mean of its grey.
  public func contrasted(by factor: Double) -> RasterImage {
    let grey = grey.pixels
    let sum = grey.reduce(0) { $0 + Int($1) }
    let mean = UInt8(clamping: Int(Double(sum) / Double(grey.count) + 0.5))
    return blended(from: RasterImage(height: height, width: width, channels: channels, value: mean), factor)
  }

  /// Blended with its grey. A grey image stays as it is.
  public func saturated(by factor: Double) -> RasterImage {
    channels == 1 ? self : blended(from: grey.coloured, factor)
  }

  /// Blended with its smoothed copy.
  public func sharpened(by factor: Double) -> RasterImage { blended(from: smoothed, factor) }

  /// The mean of 3x3 pixels, where the middle has 5 of 13 parts; the edge stays as it is.
  private var smoothed: RasterImage {
    guard height >= 3, width >= 3 else { return self }
    var result = self
    for y in 1..<height - 1 {
      for x in channels..<(width - 1) * channels {
        var sum = 4 * Float(pixels[y * rowBytes + x])
        for row in y - 1...y + 1 {
          for column in [x - channels, x, x + channels] { sum += Float(pixels[row * rowBytes + column]) }
        }
        result.pixels[y * rowBytes + x] = UInt8(min(max(sum / 13 + 0.5, 0), 255))
      }
    }
    return result
  }

  /// `simple + factor (self - simple)`, rounded towards 0 and cut to bytes.
  private func blended(from simple: RasterImage, _ factor: Double) -> RasterImage {
    let factor = factor.isFinite ? Float(max(factor, 0)) : 1
    if factor == 1 { return self }
    return RasterImage(height: height, width: width, channels: channels) { target in
      simple.pixels.withUnsafeBufferPointer { simple in
        pixels.withUnsafeBufferPointer { source in
          for index in target.indices {
            let from = Float(simple[index])
            target[index] = UInt8(min(max(from + factor * (Float(source[index]) - from), 0), 255))
          }
        }
      }
    }
  }
}
