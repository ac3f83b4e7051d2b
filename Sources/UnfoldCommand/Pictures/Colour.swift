/// A colour of the screen (sRGB).
struct Colour: Equatable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8

  static let white = Colour(0xFFFFFF)
  /// A grey that differs from black, from white and from the signed colours.
  static let line = Colour(0x8C959F)

  /// A colour as it is written in hexadecimal: `0xRRGGBB`.
  init(_ code: Int) {
    red = UInt8(truncatingIfNeeded: code >> 16)
    green = UInt8(truncatingIfNeeded: code >> 8)
    blue = UInt8(truncatingIfNeeded: code)
  }

  /// A colour of brightnesses from 0 to 1.
  init(red: Float, green: Float, blue: Float) {
    (self.red, self.green, self.blue) = (byte(red), byte(green), byte(blue))
  }

  /// As SVG writes it, `#rrggbb`.
  var text: String {
    let digits = String(Int(red) << 16 | Int(green) << 8 | Int(blue), radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// A mixture: `share` of the other colour, 0 to 1.
  func mixed(with other: Colour, share: Float) -> Colour {
    func mix(_ one: UInt8, _ two: UInt8) -> Float { (Float(one) + (Float(two) - Float(one)) * share) / 255 }
    return Colour(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }

  /// Signed numbers: -1 is blue, 0 nearly white, 1 red; so that people who cannot tell red from green see it too.
  static func signed(_ value: Float) -> Colour {
    let middle = Colour(0xF7F7F7)
    return middle.mixed(with: value < 0 ? Colour(0x2166AC) : Colour(0xB2182B), share: min(abs(value), 1))
  }

  /// The colour of a class: ten that differ clearly, and the round of hues for more, by the golden angle, so that
  /// neighbours differ.
  static func ofClass(_ index: Int) -> Colour {
    let first = [
      0x4E79A7, 0xF28E2B, 0xE15759, 0x76B7B2, 0x59A14F, 0xEDC948, 0xB07AA1, 0xFF9DA7, 0x9C755F, 0x7F3FBF,
    ]
    if first.indices.contains(index) { return Colour(first[index]) }
    let hue = (Float(index) * 0.618_034).truncatingRemainder(dividingBy: 1) * 6
    func channel(_ offset: Float) -> Float {
      let position = (hue + offset).truncatingRemainder(dividingBy: 6)
      return 0.35 + 0.5 * max(0, min(1, abs(position - 3) - 1))
    }
    return Colour(red: channel(0), green: channel(4), blue: channel(2))
  }
}

/// A brightness from 0 to 1 as a byte, rounded to nearest; what lies outside is clipped, and NaN is black.
func byte(_ brightness: Float) -> UInt8 { brightness > 0 ? UInt8(min(brightness, 1) * 255 + 0.5) : 0 }
