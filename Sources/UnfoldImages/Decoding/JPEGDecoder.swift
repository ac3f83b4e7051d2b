import CTurboJPEG

/// A JPEG file in memory, decoded by libjpeg-turbo with its exact inverse DCT and smooth chroma, as Pillow does.
final class JPEGDecoder {
  private let bytes: UnsafeRawBufferPointer
  private let name: String
  private let handle: tjhandle
  private var storedWidth: Int32 = 0
  private var storedHeight: Int32 = 0
  private var colourSpace: Int32 = 0

  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(ImageError) {
    guard let handle = tjInitDecompress() else {
      throw .damaged(path: name, format: .jpeg, reason: "the decoder has no memory")
    }
    self.bytes = bytes
    self.name = name
    self.handle = handle
    var subsampling: Int32 = 0
    let status = tjDecompressHeader3(
      handle, start, UInt(bytes.count), &storedWidth, &storedHeight, &subsampling, &colourSpace)
    guard status == 0 || tjGetErrorCode(handle) == TJERR_WARNING.rawValue, storedWidth > 0, storedHeight > 0 else {
      throw damage
    }
  }

  deinit { tjDestroy(handle) }

  var header: ImageHeader {
    ImageHeader(
      format: .jpeg, height: Int(storedHeight), width: Int(storedWidth), orientation: Orientation(jpeg: bytes))
  }

  private var start: UnsafePointer<UInt8>? { bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) }

  private var message: String { String(cString: tjGetErrorStr2(handle)) }

  private var damage: ImageError {
    // The message begins with the name of the function.
    let text = message.split(separator: "): ", maxSplits: 1).last.map(String.init) ?? message
    return .damaged(path: name, format: .jpeg, reason: text)
  }

  /// The pixels as they are stored: grey or colour, not turned.
  func decode(smallestSize: ImageSize?) throws(ImageError) -> RasterImage {
    // No block of 8x8 pixels takes less than 1 bit, and at most 16 of them share one of a subsampled channel: a
    // header that claims more pixels than that lies, and is refused before memory is taken.
    guard Int(storedHeight) * Int(storedWidth) / 2048 <= bytes.count else {
      throw .damaged(
        path: name, format: .jpeg, reason: "\(bytes.count) bytes cannot hold \(storedHeight)x\(storedWidth) pixels")
    }
    let scale = largestReduction(smallestSize)
    let height = (Int(storedHeight) + scale - 1) / scale
    let width = (Int(storedWidth) + scale - 1) / scale
    let isInk = colourSpace == TJCS_CMYK.rawValue || colourSpace == TJCS_YCCK.rawValue
    let format = isInk ? TJPF_CMYK : colourSpace == TJCS_GRAY.rawValue ? TJPF_GRAY : TJPF_RGB
    let channels = isInk ? 4 : format == TJPF_GRAY ? 1 : 3
    let flags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS
    var status: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: height * width * channels) { buffer, count in
      count = height * width * channels
      status = tjDecompress2(
        handle, start, UInt(bytes.count), buffer.baseAddress, Int32(width), 0, Int32(height), Int32(format.rawValue),
        flags)
      // After a fatal error the pixels are not all there.
      if status != 0 && tjGetErrorCode(handle) != TJERR_WARNING.rawValue { count = 0 }
    }
    guard status == 0 || (tjGetErrorCode(handle) == TJERR_WARNING.rawValue && isHarmless) else { throw damage }
    let image = isInk ? Self.colours(fromInk: pixels) : pixels
    return RasterImage(unchecked: image, height: height, width: width, channels: isInk ? 3 : channels)
  }

  /// Whether the last warning leaves the pixels as they are meant. Photographs with such files are common.
  private var isHarmless: Bool {
    let message = message
    return message.contains("extraneous bytes before marker") || message.contains("Unknown Adobe color transform")
      || message.contains("Invalid SOS parameters for sequential")
  }

  /// 1, 2, 4 or 8: the largest at which neither side becomes shorter than the smallest size.
  private func largestReduction(_ smallestSize: ImageSize?) -> Int {
    guard let smallestSize else { return 1 }
    let header = header
    return [8, 4, 2].first { header.height / $0 >= smallestSize.height && header.width / $0 >= smallestSize.width } ?? 1
  }

  /// Red, green and blue from cyan, magenta, yellow and black: `(255 - ink)(255 - black) / 255`, rounded. Adobe, and
  /// everyone after it, stores inks inverted, 255 for none.
  private static func colours(fromInk pixels: [UInt8]) -> [UInt8] {
    let count = pixels.count / 4
    return [UInt8](unsafeUninitializedCapacity: 3 * count) { target, initialized in
      pixels.withUnsafeBufferPointer { source in
        for pixel in 0..<count {
          let light = Int(source[4 * pixel + 3])
          for channel in 0..<3 {
            let ink = 255 - Int(source[4 * pixel + channel])
            // Division of a product of bytes by 255, rounded: Blinn, "Three wrongs make a right", 1995.
            let product = ink * light + 128
            target[3 * pixel + channel] = UInt8(clamping: light - (product + product >> 8) >> 8)
          }
        }
      }
      initialized = 3 * count
    }
  }
}
