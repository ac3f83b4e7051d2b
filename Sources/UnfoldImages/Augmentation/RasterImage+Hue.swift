extension RasterImage {
  /// The image with all hues turned around the colour circle: -0.5 to 0.5, where both ends are half a circle. A grey
  /// image stays as it is.
  ///
  /// As torchvision's `adjust_hue` on Pillow images: hue, saturation and value are bytes, the turn is `Int(256 turn)`
  /// of 256 steps, cut towards 0.
  ///
  /// - Complexity: O(pixels).
  public func hueTurned(by turn: Double) -> RasterImage {
    guard channels == 3, turn.isFinite else { return self }
    let steps = UInt8(truncatingIfNeeded: Int(min(max(turn, -0.5), 0.5) * 255))
    return RasterImage(height: height, width: width, channels: 3) { target in
      pixels.withUnsafeBufferPointer { source in
        for pixel in stride(from: 0, to: target.count, by: 3) {
          var colour = HSV(red: source[pixel], green: source[pixel + 1], blue: source[pixel + 2])
          colour.hue &+= steps
          (target[pixel], target[pixel + 1], target[pixel + 2]) = colour.rgb
        }
      }
    }
  }
}

/// Hue, saturation and value of a colour, a byte each (Smith, "Color gamut transform pairs", 1978).
private struct HSV {
  var hue: UInt8
  let saturation: UInt8
  let value: UInt8

  init(red: UInt8, green: UInt8, blue: UInt8) {
    let largest = max(red, green, blue)
    let smallest = min(red, green, blue)
    value = largest
    guard largest > smallest else {
      (hue, saturation) = (0, 0)
      return
    }
    let range = Float(largest - smallest)
    saturation = UInt8(min(Float(range / Float(largest)) * 255, 255))
    func distance(_ part: UInt8) -> Float { Float(largest - part) / range }
    // A sixth of the circle for each of the six orders of the three parts.
    let sixth: Float =
      if red == largest {
        distance(blue) - distance(green)
      } else if green == largest {
        Float(2 + Double(distance(red)) - Double(distance(blue)))
      } else {
        Float(4 + Double(distance(green)) - Double(distance(red)))
      }
    let circle = Float((Double(sixth) / 6 + 1).truncatingRemainder(dividingBy: 1))
    hue = UInt8(min(Double(circle) * 255, 255))
  }

  var rgb: (UInt8, UInt8, UInt8) {
    guard saturation > 0 else { return (value, value, value) }
    let turn = Float(hue) * 6 / 255
    let sector = turn.rounded(.down)
    let part = turn - sector
    let strength = Float(saturation) / 255
    func scaled(_ share: Float) -> UInt8 { UInt8(min(max((Float(value) * (1 - share)).rounded(), 0), 255)) }
    let low = scaled(strength)
    let falling = scaled(strength * part)
    let rising = scaled(strength * (1 - part))
    return switch Int(sector) % 6 {
    case 0: (value, rising, low)
    case 1: (falling, value, low)
    case 2: (low, value, rising)
    case 3: (low, falling, value)
    case 4: (rising, low, value)
    default: (value, low, falling)
    }
  }
}
