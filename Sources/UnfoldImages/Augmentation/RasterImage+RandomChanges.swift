/// Random changes of colours and shapes.
extension RasterImage {
  /// Brightness, contrast, saturation and hue by random factors in a random order, as torchvision's `ColorJitter`.
  func jittered(
    brightness: Double, contrast: Double, saturation: Double, hue: Double, random: inout RandomStream
  ) -> RasterImage {
    var order = [0, 1, 2, 3]
    for place in [3, 2, 1] { order.swapAt(place, random.integer(below: place + 1)) }
    func factor(_ strength: Double) -> Double { random.uniform(in: max(0, 1 - strength)...1 + strength) }
    let factors = (factor(brightness), factor(contrast), factor(saturation), random.uniform(in: -hue...hue))
    var image = self
    for change in order {
      switch change {
      case 0: if brightness > 0 { image = image.brightened(by: factors.0) }
      case 1: if contrast > 0 { image = image.contrasted(by: factors.1) }
      case 2: if saturation > 0 { image = image.saturated(by: factors.2) }
      default: if hue > 0 { image = image.hueTurned(by: factors.3) }
      }
    }
    return image
  }

  /// One change of TrivialAugment's wide space.
  func trivialAugmented(_ random: inout RandomStream) -> RasterImage {
    let change = random.integer(below: TrivialChange.allCases.count)
    let strength = random.integer(below: TrivialChange.strengths)
    let isNegative = random.chance(0.5)
    return TrivialChange.allCases[change].apply(to: self, strength: strength, isNegative: isNegative)
  }
}

/// The changes of TrivialAugment, in torchvision's order.
enum TrivialChange: CaseIterable {
  case identity, shearX, shearY, moveX, moveY, turn, brightness, saturation, contrast, sharpness, posterize, solarize
  case autoContrast, equalize

  /// The number of strengths, the weakest first.
  static let strengths = 31

  func apply(to image: RasterImage, strength: Int, isNegative: Bool) -> RasterImage {
    /// From 0 for the weakest to `largest`.
    func magnitude(_ largest: Double) -> Double {
      let size = largest * Double(strength) / Double(Self.strengths - 1)
      return isNegative ? -size : size
    }
    return switch self {
    case .identity: image
    case .shearX: image.sheared(x: magnitude(0.99))
    case .shearY: image.sheared(y: magnitude(0.99))
    case .moveX: image.moved(right: Int(magnitude(32)))
    case .moveY: image.moved(down: Int(magnitude(32)))
    case .turn: image.turned(degrees: magnitude(135))
    case .brightness: image.brightened(by: 1 + magnitude(0.99))
    case .saturation: image.saturated(by: 1 + magnitude(0.99))
    case .contrast: image.contrasted(by: 1 + magnitude(0.99))
    case .sharpness: image.sharpened(by: 1 + magnitude(0.99))
    case .posterize: image.posterized(bits: 8 - Int((Double(strength) / 5).rounded(.toNearestOrEven)))
    case .solarize: image.solarized(from: 255 - 255 * Double(strength) / Double(Self.strengths - 1))
    case .autoContrast: image.autoContrasted
    case .equalize: image.equalized
    }
  }
}
