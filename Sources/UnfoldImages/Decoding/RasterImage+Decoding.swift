/// How images are decoded.
public struct DecodingOptions: Hashable, Sendable {
  /// Colour or grey. Grey is computed from the colours, as Pillow's `convert("L")` does.
  public var mode: ColourMode
  /// The most pixels of an image. A larger one is refused by its header, before memory is taken.
  public var pixelLimit: Int
  /// JPEG only: the image is decoded at the smallest of 1/1, 1/2, 1/4 and 1/8 of its size at which neither side is
  /// shorter than this number of pixels says, which is several times as fast. Nil: at its size.
  public var smallestSize: ImageSize?

  /// The limit at which Pillow suspects a decompression bomb: a quarter of a gigabyte, 3 bytes a pixel, twice.
  public static let standardPixelLimit = 178_956_970

  /// - Parameters:
  ///   - mode: Colour or grey.
  ///   - pixelLimit: The most pixels of an image.
  ///   - smallestSize: The size below which a JPEG image is not decoded; nil decodes it at its own.
  public init(
    mode: ColourMode = .colour, pixelLimit: Int = standardPixelLimit, smallestSize: ImageSize? = nil
  ) {
    self.mode = mode
    self.pixelLimit = pixelLimit
    self.smallestSize = smallestSize
  }
}

/// The rows and columns of an image.
public struct ImageSize: Hashable, Sendable {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

extension RasterImage {
  /// Decodes a JPEG, PNG, WebP, BMP or PPM file in memory. The format is decided by the first bytes.
  ///
  /// Pixels are those of Pillow: `ImageOps.exif_transpose(Image.open(file)).convert("RGB")`, or `"L"`. Alpha is dropped,
  /// palettes are expanded, CMYK and YCCK are converted by `(255 - ink)(255 - black) / 255`, the EXIF orientation of JPEG is applied. Unlike
  /// Pillow, 16 bits of grey are reduced to their upper 8 and not clipped at 255.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - options: Colour or grey, limits, and scaled decoding.
  ///   - name: What errors call the image.
  /// - Throws: ``ImageError`` for another format, for a damaged or truncated image, and for one with too many pixels.
  /// - Complexity: O(pixels + bytes).
  public init(
    decoding bytes: [UInt8], options: DecodingOptions = DecodingOptions(), name: String = "image"
  ) throws(ImageError) {
    self = try decodeBytes(bytes) { data throws(ImageError) in
      try ImageDecoder(data, name: name).decode(options) { _ in options.smallestSize }
    }
  }
}
