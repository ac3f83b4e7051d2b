/// Functions of single values and of their distribution, as in Pillow's `ImageOps`.
extension RasterImage {
  /// Only the upper bits of each value are kept, 0 to 8 of them.
  ///
  /// - Complexity: O(pixels), as for all functions of this extension.
  public func posterized(bits: Int) -> RasterImage {
    let mask = UInt8(truncatingIfNeeded: 0xff << (8 - min(max(bits, 0), 8)))
    return mapped { $0 & mask }
  }

  /// Values from the threshold on are inverted.
  public func solarized(from threshold: Double) -> RasterImage {
    mapped { Double($0) < threshold ? $0 : 255 - $0 }
  }

  /// Each channel is stretched to 0 to 255.
  public var autoContrasted: RasterImage {
    mappedByChannel { counts in
      guard let low = counts.firstIndex(where: { $0 > 0 }), let high = counts.lastIndex(where: { $0 > 0 }), high > low
      else { return nil }
      let scale = 255 / Double(high - low)
      let offset = -Double(low) * scale
      return (0..<256).map { UInt8(min(max((Double($0) * scale + offset).rounded(.towardZero), 0), 255)) }
    }
  }

  /// Each channel gets a histogram that is as even as possible.
  public var equalized: RasterImage {
    mappedByChannel { counts in
      guard let last = counts.lastIndex(where: { $0 > 0 }), counts.count(where: { $0 > 0 }) > 1 else { return nil }
      let step = (counts.reduce(0, +) - counts[last]) / 255
      guard step > 0 else { return nil }
      var sum = step / 2
      return counts.map { count in
        defer { sum += count }
        return UInt8(clamping: sum / step)
      }
    }
  }

  private func mapped(_ body: (UInt8) -> UInt8) -> RasterImage {
    let table = (0...255).map { body(UInt8($0)) }
    return mappedByChannel { _ in table }
  }

  /// The image with a table applied to each channel, which may depend on the channel's histogram; nil for no change.
  private func mappedByChannel(_ table: ([Int]) -> [UInt8]?) -> RasterImage {
    var result = self
    for channel in 0..<channels {
      var counts = [Int](repeating: 0, count: 256)
      for place in stride(from: channel, to: pixels.count, by: channels) { counts[Int(pixels[place])] += 1 }
      guard let table = table(counts) else { continue }
      for place in stride(from: channel, to: pixels.count, by: channels) {
        result.pixels[place] = table[Int(pixels[place])]
      }
    }
    return result
  }
}
