/// Grey from colour and colour from grey.
extension RasterImage {
  /// One channel: the luminance of ITU-R BT.601, `0.299 R + 0.587 G + 0.114 B`, in 16-bit fixed point and rounded, as
  /// Pillow's `convert("L")` computes it. A grey image stays as it is.
  ///
  /// - Complexity: O(pixels).
  public var grey: RasterImage {
    guard channels == 3 else { return self }
    return RasterImage(height: height, width: width, channels: 1) { target in
      pixels.withUnsafeBufferPointer { source in
        for index in 0..<target.count {
          target[index] = luminance(source[3 * index], source[3 * index + 1], source[3 * index + 2])
        }
      }
    }
  }

  /// Three channels, each of them the grey one. A coloured image stays as it is.
  ///
  /// - Complexity: O(pixels).
  public var coloured: RasterImage {
    guard channels == 1 else { return self }
    return RasterImage(height: height, width: width, channels: 3) { target in
      for (index, value) in pixels.enumerated() {
        target[3 * index] = value
        target[3 * index + 1] = value
        target[3 * index + 2] = value
      }
    }
  }

  /// The image in the given colours.
  func converted(to mode: ColourMode) -> RasterImage { mode == .grey ? grey : coloured }
}

/// The luminance of a colour: the weights add up to 65,536.
@inline(__always)
func luminance(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
  let sum = 19_595 * UInt32(red) + 38_470 * UInt32(green) + 7_471 * UInt32(blue)
  return UInt8(truncatingIfNeeded: (sum + 0x8000) >> 16)
}

/// Whether images are read in colour or in grey.
public enum ColourMode: String, Hashable, Sendable, CaseIterable {
  /// Red, green and blue.
  case colour
  /// One channel.
  case grey

  /// The channels of an image: 3 or 1.
  public var channels: Int { self == .colour ? 3 : 1 }
}
