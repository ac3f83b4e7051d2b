import Glibc

/// Random rectangles, by the rules of torchvision's `RandomResizedCrop` and `RandomErasing`.
extension RandomStream {
  /// A rectangle with a part of the image's area and a ratio of width to height.
  mutating func rectangle(
    in image: ImageSize, area: ClosedRange<Double>, aspect: ClosedRange<Double>
  ) -> Rectangle {
    let pixels = Double(image.height) * Double(image.width)
    // A rectangle always takes the same 40 numbers, so that the steps behind it have theirs.
    var draws = self
    for _ in 0..<40 { _ = next() }
    for _ in 0..<10 {
      let wanted = pixels * draws.uniform(in: area)
      let ratio = exp(draws.uniform(in: log(aspect.lowerBound)...log(aspect.upperBound)))
      let (y, x) = (draws.uniform(in: 0...1), draws.uniform(in: 0...1))
      let width = Int((wanted * ratio).squareRoot().rounded(.toNearestOrEven))
      let height = Int((wanted / ratio).squareRoot().rounded(.toNearestOrEven))
      guard (1...image.height).contains(height), (1...image.width).contains(width) else { continue }
      return Rectangle(
        top: Int(y * Double(image.height - height + 1)), left: Int(x * Double(image.width - width + 1)),
        height: height, width: width)
    }
    let ratio = Double(image.width) / Double(image.height)
    var (height, width) = (image.height, image.width)
    if ratio < aspect.lowerBound {
      height = min(max(Int((Double(width) / aspect.lowerBound).rounded()), 1), image.height)
    } else if ratio > aspect.upperBound {
      width = min(max(Int((Double(height) * aspect.upperBound).rounded()), 1), image.width)
    }
    return Rectangle(
      top: (image.height - height) / 2, left: (image.width - width) / 2, height: height, width: width)
  }

  /// A rectangle that is erased; nil if ten did not fit.
  mutating func erasedRectangle(
    in image: ImageSize, area: ClosedRange<Double>, aspect: ClosedRange<Double>
  ) -> Rectangle? {
    let pixels = Double(image.height) * Double(image.width)
    for _ in 0..<10 {
      let wanted = pixels * uniform(in: area)
      let ratio = exp(uniform(in: log(aspect.lowerBound)...log(aspect.upperBound)))
      let height = Int((wanted * ratio).squareRoot().rounded(.toNearestOrEven))
      let width = Int((wanted / ratio).squareRoot().rounded(.toNearestOrEven))
      guard height >= 1, width >= 1, height < image.height, width < image.width else { continue }
      return Rectangle(
        top: integer(below: image.height - height + 1), left: integer(below: image.width - width + 1), height: height,
        width: width)
    }
    return nil
  }
}
