import Testing

@testable import UnfoldImages

/// Pixels are compared with Pillow's.
struct DecodingTests {
  @Test("colours are those of Pillow", arguments: Fixtures.cases("colour"))
  func colour(_ expected: Fixtures.Expectation) throws {
    expectPixels(try Fixtures.image(expected.image), expected)
  }

  @Test("grey is that of Pillow", arguments: Fixtures.cases("grey"))
  func grey(_ expected: Fixtures.Expectation) throws {
    let bytes = Fixtures.bytes("images/\(expected.image)")
    expectPixels(try RasterImage(decoding: bytes, options: DecodingOptions(mode: .grey)), expected)
  }

  @Test("JPEG is decoded at a part of its size", arguments: Fixtures.cases("scale-"))
  func scaled(_ expected: Fixtures.Expectation) throws {
    let bytes = Fixtures.bytes("images/\(expected.image)")
    let divisor = Int(expected.numbers(after: "scale-")[0])
    let smallest = ImageSize(height: 37 / divisor, width: 53 / divisor)
    expectPixels(try RasterImage(decoding: bytes, options: DecodingOptions(smallestSize: smallest)), expected)
  }

  @Test("a part of the size is not smaller than was wanted")
  func notSmaller() throws {
    let bytes = Fixtures.bytes("images/jpeg-420.jpg")
    for (height, width, result) in [(37, 53, 37), (19, 20, 37), (18, 26, 19), (9, 14, 19), (9, 13, 10), (1, 1, 5)] {
      let options = DecodingOptions(smallestSize: ImageSize(height: height, width: width))
      let image = try RasterImage(decoding: bytes, options: options)
      #expect(image.height == result, "\(height)x\(width)")
    }
  }

  @Test("the header says format and extents of the upright image")
  func header() throws {
    let sideways = try ImageHeader(of: Fixtures.bytes("images/jpeg-orientation-6.jpg"))
    #expect(sideways.height == 21)
    #expect(sideways.width == 13)
    for (name, format) in [
      ("jpeg-cmyk.jpg", ImageFormat.jpeg), ("png-palette-4.png", .png), ("webp-lossy.webp", .webP),
      ("bmp-565.bmp", .bmp),
    ] {
      let header = try ImageHeader(of: Fixtures.bytes("images/\(name)"))
      #expect(header.format == format)
      #expect(header.height == 37)
      #expect(header.width == 53)
    }
    let text = try ImageHeader(of: Fixtures.bytes("images/ppm-p3.ppm"))
    #expect(text.height == 9)
    #expect(text.width == 11)
  }

  @Test("an image above the limit is refused by its header", arguments: Fixtures.imageNames)
  func limit(_ name: String) throws {
    let bytes = Fixtures.bytes("images/\(name)")
    let header = try ImageHeader(of: bytes)
    let area = header.height * header.width
    #expect(throws: Never.self) { try RasterImage(decoding: bytes, options: DecodingOptions(pixelLimit: area)) }
    #expect(
      throws: ImageError.tooManyPixels(
        path: name, height: header.height, width: header.width, limit: area - 1)
    ) { try RasterImage(decoding: bytes, options: DecodingOptions(pixelLimit: area - 1), name: name) }
  }

  @Test("other files are no images")
  func unknown() {
    for (bytes, found) in [
      ([], "an empty file"), (Array("hello".utf8), "a file that begins with 68 65 6c 6c 6f"),
      (Array("GIF89a..".utf8), "a file that begins with 47 49 46 38 39 61 2e 2e"),
    ] as [([UInt8], String)] {
      #expect(throws: ImageError.unknownFormat(path: "x", found: found)) {
        try RasterImage(decoding: bytes, name: "x")
      }
    }
  }
}
