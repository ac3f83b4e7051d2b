/// An image that a recipe has prepared.
public struct PreparedImage: Hashable, Sendable {
  /// The pixels, in the sample's size.
  public var image: RasterImage
  /// What becomes 0 after normalisation.
  var erased: [Rectangle] = []
}

extension Recipe {
  /// Applies the steps to a whole image.
  ///
  /// - Parameters:
  ///   - image: The image, as decoded.
  ///   - size: The sample's rows and columns, 1 to 65,535 each.
  ///   - random: The image's random numbers.
  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for another size.
  /// - Complexity: O(pixels) for each step.
  public func sample(
    from image: RasterImage, size: ImageSize, random: RandomStream
  ) throws(ImageError) -> PreparedImage {
    guard (1...65_535).contains(size.height), (1...65_535).contains(size.width) else {
      throw .invalidArgument(name: "size", expected: "1x1 to 65535x65535", found: "\(size.height)x\(size.width)")
    }
    return apply(to: image, of: ImageSize(height: image.height, width: image.width), size: size, random: random)
  }

  /// Applies the steps to an image that may have been decoded at a part of its size.
  ///
  /// - Parameter whole: The size of the whole image, by which random rectangles are chosen.
  func apply(to image: RasterImage, of whole: ImageSize, size: ImageSize, random: RandomStream) -> PreparedImage {
    var random = random
    var result = PreparedImage(image: image)
    for (index, step) in steps.enumerated() {
      let size = (index == 0 ? whole : ImageSize(height: result.image.height, width: result.image.width), size)
      step.apply(to: &result, of: size.0, size: size.1, random: &random)
    }
    if result.image.height != size.height || result.image.width != size.width {
      let whole = Rectangle(top: 0, left: 0, height: result.image.height, width: result.image.width)
      result.image = result.image.resize(whole, to: size, .bilinear)
    }
    return result
  }

  /// The size of a whole image below which it should not be decoded; nil for its own.
  func smallestSize(of whole: ImageSize, for size: ImageSize, random: RandomStream) -> ImageSize? {
    guard allowsScaledDecoding else { return nil }
    switch steps.first {
    case .randomResizedCrop(let area, let aspect, _):
      var random = random
      let part = random.rectangle(in: whole, area: area, aspect: aspect)
      return ImageSize(
        height: (size.height * whole.height + part.height - 1) / part.height,
        width: (size.width * whole.width + part.width - 1) / part.width)
    case .resize: return size
    case .resizeAround(let part, _): return size.surrounding(part: part, whole)
    default: return nil
    }
  }
}

extension Recipe.Step {
  fileprivate func apply(
    to result: inout PreparedImage, of whole: ImageSize, size: ImageSize, random: inout RandomStream
  ) {
    let image = result.image
    let all = Rectangle(top: 0, left: 0, height: image.height, width: image.width)
    switch self {
    case .randomResizedCrop(let area, let aspect, let filter):
      let part = random.rectangle(in: whole, area: area, aspect: aspect)
      result.image = image.resize(part.scaled(from: whole, to: image), to: size, filter)
    case .resize(let filter):
      result.image = image.resize(all, to: size, filter)
    case .resizeAround(let part, let filter):
      result.image = image.resize(all, to: size.surrounding(part: part, whole), filter)
    case .centreCrop:
      result.image = image.crop(ImageSize(height: image.height, width: image.width).centre(size))
    case .paddedCrop(let padding):
      let top = random.integer(below: max(image.height + 2 * padding - size.height, 0) + 1) - padding
      let left = random.integer(below: max(image.width + 2 * padding - size.width, 0) + 1) - padding
      result.image = image.crop(Rectangle(top: top, left: left, height: size.height, width: size.width))
    case .flipHorizontally(let probability):
      if random.chance(probability) { result.image = image.flippedHorizontally }
    case .flipVertically(let probability):
      if random.chance(probability) { result.image = image.flippedVertically }
    case .colourJitter(let brightness, let contrast, let saturation, let hue):
      result.image = image.jittered(
        brightness: brightness, contrast: contrast, saturation: saturation, hue: hue, random: &random)
    case .trivialAugment:
      result.image = image.trivialAugmented(&random)
    case .erase(let probability, let area, let aspect):
      if random.chance(probability),
        let part = random.erasedRectangle(
          in: ImageSize(height: image.height, width: image.width), area: area, aspect: aspect)
      {
        result.erased.append(part)
      }
    }
  }
}

extension ImageSize {
  /// The size of a whole image whose middle of this size is a part of it.
  fileprivate func surrounding(part: Double, _ whole: ImageSize) -> ImageSize {
    let rows = max((Double(height) / part).rounded(), 1)
    let columns = max((Double(width) / part).rounded(), 1)
    if height == width, let size = try? whole.scaled(shortSide: Int(rows)) { return size }
    let factor = max(rows / Double(whole.height), columns / Double(whole.width))
    func scaled(_ extent: Int, atLeast least: Int) -> Int { min(max(Int(Double(extent) * factor), least), 65_535) }
    return ImageSize(height: scaled(whole.height, atLeast: height), width: scaled(whole.width, atLeast: width))
  }
}

extension Rectangle {
  /// The rectangle in an image that was decoded at a part of its size: at least one pixel, within the image.
  fileprivate func scaled(from whole: ImageSize, to image: RasterImage) -> Rectangle {
    if whole.height == image.height && whole.width == image.width { return self }
    func range(_ start: Int, _ count: Int, _ from: Int, _ to: Int) -> (Int, Int) {
      let factor = Double(to) / Double(from)
      let first = min(Int((Double(start) * factor).rounded()), to - 1)
      let last = min(max(Int((Double(start + count) * factor).rounded()), first + 1), to)
      return (first, last - first)
    }
    let (top, height) = range(self.top, self.height, whole.height, image.height)
    let (left, width) = range(self.left, self.width, whole.width, image.width)
    return Rectangle(top: top, left: left, height: height, width: width)
  }
}
