/// Sizes and crops as torchvision has them.
extension RasterImage {
  /// The image with its short side at a length; the long side is `Int(length * long / short)`, as for torchvision's
  /// `Resize`.
  ///
  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for a length below 1, or where a side would have
  ///   more than 65,535 pixels.
  public func resized(shortSide length: Int, filter: ResizeFilter) throws(ImageError) -> RasterImage {
    let size = try ImageSize(height: height, width: width).scaled(shortSide: length)
    return try resized(height: size.height, width: size.width, filter: filter)
  }

  /// The middle of the image. Where the image is smaller, it is first surrounded by 0, as for torchvision's `CenterCrop`.
  ///
  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for extents below 1.
  public func centreCropped(height: Int, width: Int) throws(ImageError) -> RasterImage {
    guard (1...1 << 31).contains(height), (1...1 << 31).contains(width) else {
      throw .invalidArgument(name: "crop", expected: "1 to 2^31 pixels", found: "\(height)x\(width)")
    }
    let rectangle = ImageSize(height: self.height, width: self.width).centre(ImageSize(height: height, width: width))
    return try cropped(top: rectangle.top, left: rectangle.left, height: height, width: width)
  }
}

extension ImageSize {
  /// The size with the short side at a length.
  func scaled(shortSide length: Int) throws(ImageError) -> ImageSize {
    let (short, long) = (min(height, width), max(height, width))
    guard length >= 1, short >= 1, length <= 65_535, length * long / short <= 65_535 else {
      throw .invalidArgument(
        name: "short side", expected: "1 or more, and a long side of at most 65535",
        found: "\(length) for \(height)x\(width) pixels")
    }
    let scaled = length * long / short
    return height <= width
      ? ImageSize(height: length, width: scaled) : ImageSize(height: scaled, width: length)
  }

  /// The rectangle in the middle: as torchvision, half of the difference, rounded to the nearest, ties to even. The
  /// zeros around a smaller image are halved before: the smaller half is at the top and left.
  func centre(_ size: ImageSize) -> Rectangle {
    func start(_ extent: Int, _ wanted: Int) -> Int {
      if wanted > extent { return -((wanted - extent) / 2) }
      return Int((Double(extent - wanted) / 2).rounded(.toNearestOrEven))
    }
    return Rectangle(
      top: start(height, size.height), left: start(width, size.width), height: size.height, width: size.width)
  }
}
