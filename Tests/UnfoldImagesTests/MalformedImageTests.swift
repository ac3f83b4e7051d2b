import Glibc
import Testing

@testable import UnfoldImages

/// Damaged files of every format: each gives an image or an error, never a trap, and takes little memory.
struct MalformedImageTests {
  static let names = [
    "jpeg-420.jpg", "jpeg-progressive.jpg", "jpeg-cmyk.jpg", "jpeg-orientation-6.jpg", "png-rgb.png",
    "png-palette-4.png",
    "png-interlaced.png", "webp-lossy.webp", "webp-lossless.webp", "bmp-24.bmp", "bmp-4.bmp", "bmp-565.bmp",
    "ppm-p6.ppm", "ppm-p3.ppm", "ppm-p4.ppm",
  ]

  @Test("a hundred variants of a file", arguments: names)
  func variants(_ name: String) throws {
    let whole = Fixtures.bytes("images/\(name)")
    var random = RandomStream(seed: 7, epoch: 0, index: whole.count)
    var errors = 0
    for variant in 0..<100 {
      var bytes = whole
      if variant < 30 {
        bytes = Array(bytes.prefix(random.integer(below: bytes.count)))
      } else {
        // Half of them within the header.
        for _ in 0...random.integer(below: 8) {
          let end = variant < 65 ? min(64, bytes.count) : bytes.count
          bytes[random.integer(below: end)] = UInt8(random.integer(below: 256))
        }
      }
      let options = DecodingOptions(pixelLimit: 1 << 22)
      do throws(ImageError) {
        let image = try RasterImage(decoding: bytes, options: options, name: name)
        #expect(image.pixels.count == image.height * image.width * image.channels)
        #expect(image.height * image.width <= 1 << 22)
      } catch {
        errors += 1
        #expect(!"\(error)".contains("\n"), "\(error)")
      }
    }
    // Most truncations are noticed.
    #expect(errors >= 20, "\(errors) of 100 variants of \(name) were noticed")
  }

  @Test(
    "every truncation is an error",
    arguments: ["jpeg-420.jpg", "jpeg-progressive.jpg", "png-rgb.png", "webp-lossy.webp", "bmp-24.bmp", "ppm-p6.ppm"])
  func truncations(_ name: String) throws {
    let whole = Fixtures.bytes("images/\(name)")
    // The last bytes of a JPEG stream may be filling.
    for length in stride(from: 0, to: whole.count - 16, by: 7) {
      #expect(throws: ImageError.self, "\(name) with \(length) of \(whole.count) bytes") {
        try RasterImage(decoding: Array(whole.prefix(length)))
      }
    }
  }

  @Test("a header that claims more than the file can hold takes no memory")
  func bombs() throws {
    func big(_ number: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(number >> (8 * (count - 1 - $0)) & 255) }
    }
    func little(_ number: Int, _ count: Int) -> [UInt8] { big(number, count).reversed() }
    var jpeg = Fixtures.bytes("images/jpeg-444.jpg")
    let frame = try #require((0..<jpeg.count - 1).first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: big(13_000, 2) + big(13_000, 2))
    var bmp = Fixtures.bytes("images/bmp-24.bmp")
    bmp.replaceSubrange(18..<26, with: little(13_000, 4) + little(13_000, 4))
    let ppm = Array("P6 13000 13000 255\nxxxx".utf8)
    let text = Array("P3 13000 13000 255\n1 2 3".utf8)
    let before = peakKilobytes()
    for (name, bytes) in [("jpeg", jpeg), ("bmp", bmp), ("ppm", ppm), ("text", text), ("png", pngClaiming(13_000))] {
      #expect("\(name)") {
        try RasterImage(decoding: bytes)
      } throws: { error in
        // Before memory is taken, and not by the decoder.
        "\(error)".contains(name == "jpeg" || name == "png" ? "cannot hold 13000x13000 pixels" : ": expected 13000")
      }
    }
    // Each of them would have 507 MB of pixels.
    #expect(peakKilobytes() - before < 200_000)
  }

  /// A valid header of a PNG file, and hardly any pixels.
  private func pngClaiming(_ side: Int) -> [UInt8] {
    var bytes = Fixtures.bytes("images/png-rgb.png")
    let extents = [16, 20].flatMap { _ in (0..<4).map { UInt8(side >> (24 - 8 * $0) & 255) } }
    bytes.replaceSubrange(16..<24, with: extents)
    let checksum = checksum(bytes[12..<29])
    bytes.replaceSubrange(29..<33, with: (0..<4).map { UInt8(checksum >> (24 - 8 * UInt32($0)) & 255) })
    return bytes
  }

  /// CRC-32 of ISO 3309, bit by bit.
  private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xedb8_8320 : 0) }
    }
  }

  private func peakKilobytes() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss)
  }

  @Test("errors say what was found")
  func messages() throws {
    let png = Array(Fixtures.bytes("images/png-rgb.png").prefix(300))
    #expect(throws: ImageError.damaged(path: "a.png", format: .png, reason: "the file ends too early")) {
      try RasterImage(decoding: png, name: "a.png")
    }
    let jpeg = Array(Fixtures.bytes("images/jpeg-420.jpg").prefix(900))
    #expect {
      try RasterImage(decoding: jpeg, name: "a.jpg")
    } throws: { error in
      "\(error)".hasPrefix("a.jpg: damaged JPEG image: ")
    }
    let error = ImageError.notFound(path: "a\nb.jpg")
    #expect("\(error)" == "a\\nb.jpg: no such file or directory")
  }
}
