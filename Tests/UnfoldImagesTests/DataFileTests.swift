import Foundation
import Testing

@testable import UnfoldImages

/// Files with many images: NumPy's, CIFAR's, tar and lists.
struct DataFileTests {
  private func pixels(_ images: any ImageDataSet, _ index: Int) throws -> RasterImage {
    switch try images.content(of: index) {
    case .decoded(let image): image
    case .encoded(let bytes): try RasterImage(decoding: bytes)
    }
  }

  private func array(_ name: String) -> String { Fixtures.folder.appendingPathComponent("arrays/\(name)").path }

  /// All images of both parts, by their stable names.
  private func all(_ split: ImageSplit) throws -> [(name: String, image: RasterImage, label: Int)] {
    try [split.training, split.validation].flatMap { part in
      try (0..<part.count).map { (part.stableName(of: $0), try pixels(part, $0), part.label(of: $0)) }
    }.sorted { $0.0 < $1.0 }
  }

  @Test(
    "NumPy's archives, plain and compressed, of bytes and of floats",
    arguments: ["plain.npz", "compressed.npz", "floats.npz"])
  func archives(_ name: String) throws {
    let split = try ImageSplit(path: array(name), validationShare: 0.5, seed: 2)
    #expect(split.training.classNames == ["0", "1", "2"])
    let images = try all(split)
    #expect(images.map(\.label) == [1, 0, 2, 1])
    let stored = Fixtures.bytes("arrays/pixels.npy").suffix(4 * 8 * 6 * 3)
    #expect(images.flatMap(\.image.pixels) == Array(stored))
    #expect(images.allSatisfy { $0.image.size == ImageSize(height: 8, width: 6) && $0.image.channels == 3 })
  }

  @Test("archives with a part for tests")
  func parts() throws {
    let split = try ImageSplit(path: array("split.npz"))
    #expect(split.training.count == 4)
    #expect(split.validation.count == 3)
    let stored = Array(Fixtures.bytes("arrays/pixels.npy").suffix(4 * 8 * 6 * 3))
    #expect(try pixels(split.training, 0).pixels == (0..<48).map { stored[3 * $0] })
    #expect(try pixels(split.validation, 2).pixels == (0..<48).map { stored[2 * 144 + 3 * $0 + 1] })
    #expect((0..<3).map { split.validation.label(of: $0) } == [1, 0, 2])
  }

  @Test("arrays in files of a folder")
  func files() throws {
    let folder = try TemporaryFolder()
    try folder.write(Fixtures.bytes("arrays/pixels.npy"), to: "x.npy")
    var labels: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 70, 0]
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }"
    labels += Array(header.utf8) + [UInt8](repeating: 32, count: 69 - header.count) + [10, 3, 0, 1, 2]
    try folder.write(labels, to: "y.npy")
    let split = try ImageSplit(path: folder.path, validationShare: 0.5, seed: 2)
    #expect(split.training.classNames.count == 4)
    #expect(try all(split).map(\.label) == [3, 0, 1, 2])
    labels[labels.count - 2] = 200
    try folder.write(Array(labels.dropLast()), to: "y.npy")
    #expect(throws: ImageError.self) { try ImageSplit(path: folder.path, validationShare: 0.5) }
  }

  @Test("damaged archives are errors")
  func damagedArchives() throws {
    let folder = try TemporaryFolder()
    #expect {
      try ImageSplit(path: array("fortran.npz"), validationShare: 0.5)
    } throws: { error in
      "\(error)".hasSuffix("x: order: expected rows first (C), found columns first (Fortran)")
    }
    // A pixel of a stored member: only its checksum tells.
    var stored = Fixtures.bytes("arrays/plain.npz")
    stored[300] ^= 1
    try folder.write(stored, to: "x.npz")
    #expect {
      try ImageSplit(path: "\(folder.path)/x.npz", validationShare: 0.5, seed: 2)
    } throws: { error in
      "\(error)".contains("x.npy: expected checksum")
    }
    let whole = Fixtures.bytes("arrays/compressed.npz")
    var random = RandomStream(seed: 1, epoch: 0, index: 0)
    var errors = 0
    for variant in 0..<200 {
      var bytes = whole
      if variant % 2 == 0 {
        bytes = Array(bytes.prefix(random.integer(below: bytes.count)))
      } else {
        bytes[random.integer(below: bytes.count)] ^= UInt8(1 + random.integer(below: 255))
      }
      try folder.write(bytes, to: "x.npz")
      do throws(ImageError) {
        _ = try ImageSplit(path: "\(folder.path)/x.npz", validationShare: 0.5, seed: 2)
      } catch { errors += 1 }
    }
    #expect(errors >= 120, "\(errors)")
  }

  @Test("CIFAR-10 and CIFAR-100")
  func cifar() throws {
    let folder = try TemporaryFolder()
    func record(_ labels: [UInt8], _ seed: Int) -> [UInt8] {
      labels + (0..<3072).map { UInt8(truncatingIfNeeded: $0 * seed >> 3) }
    }
    for batch in 1...5 {
      try folder.write(record([UInt8(batch)], batch) + record([9], batch + 10), to: "ten/data_batch_\(batch).bin")
    }
    try folder.write(record([3], 77), to: "ten/test_batch.bin")
    let ten = try ImageSplit(path: "\(folder.path)/ten")
    #expect(ten.training.count == 10)
    #expect((0..<10).map { ten.training.label(of: $0) } == [1, 9, 2, 9, 3, 9, 4, 9, 5, 9])
    #expect(ten.training.classNames[3] == "cat")
    let image = try pixels(ten.training, 5)
    // Row 2, column 7, green: the place in the file is in the second plane.
    #expect(image.pixels[(2 * 32 + 7) * 3 + 1] == UInt8(truncatingIfNeeded: (1024 + 2 * 32 + 7) * 13 >> 3))
    try folder.write(record([3], 77).dropLast(), to: "ten/test_batch.bin")
    #expect(throws: ImageError.self) { try ImageSplit(path: "\(folder.path)/ten") }
    try folder.write(record([10], 77), to: "ten/test_batch.bin")
    #expect(throws: ImageError.self) { try ImageSplit(path: "\(folder.path)/ten") }

    try folder.write(record([4, 99], 1) + record([5, 12], 2), to: "hundred/train.bin")
    try folder.write(record([4, 98], 3), to: "hundred/test.bin")
    try folder.write(Array((0..<100).map { "class \($0)\n" }.joined().utf8), to: "hundred/fine_label_names.txt")
    let hundred = try ImageSplit(path: "\(folder.path)/hundred")
    #expect(hundred.training.label(of: 0) == 99)
    #expect(hundred.validation.label(of: 0) == 98)
    #expect(hundred.training.classNames[98] == "class 98")
    #expect(try pixels(hundred.training, 1).pixels[2] == UInt8(truncatingIfNeeded: 2048 * 2 >> 3))
  }

  @Test("WebDataset's tar files, as tar writes them")
  func tar() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "a-long-name-", count: 12)
    for (name, label) in [("0001", "2"), ("0002", "0\n"), ("sub/\(long)", "1")] {
      try folder.copy("png-rgb.png", to: "data/\(name).png")
      try folder.write(Array(label.utf8), to: "data/\(name).cls")
      try folder.write(Array("{}".utf8), to: "data/\(name).json")
    }
    for format in ["gnu", "ustar", "pax"] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [
        "tar", "--format=\(format)", "-cf", "\(folder.path)/\(format).tar", "-C", "\(folder.path)/data", ".",
      ]
      try process.run()
      process.waitUntilExit()
      // A name of 148 characters in a folder fits into ustar's 155 + 100 only if it is cut at a slash.
      guard process.terminationStatus == 0 else { continue }
      let path = "\(folder.path)/\(format).tar"
      let images = try TarImages(paths: [path])
      #expect(images.count >= 2, "\(format)")
      let byName = Dictionary(uniqueKeysWithValues: (0..<images.count).map { (images.stableName(of: $0), $0) })
      let first = try #require(byName["./0001.png"])
      #expect(images.label(of: first) == 2)
      #expect(try pixels(images, first) == Fixtures.image("png-rgb.png"))
      if format != "ustar" { #expect(images.label(of: try #require(byName["./sub/\(long).png"])) == 1, "\(format)") }
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      try folder.write(Array(bytes.prefix(3000)), to: "cut.tar")
      #expect(throws: ImageError.self) { try TarImages(paths: ["\(folder.path)/cut.tar"]) }
    }
    let split = try ImageSplit(path: "\(folder.path)/gnu.tar", validationShare: 0.4, seed: 1)
    #expect(split.training.count + split.validation.count == 3)
  }

  @Test("a list of paths and classes")
  func list() throws {
    let folder = try TemporaryFolder()
    try folder.addClasses(count: 2)
    try folder.copy("png-grey.png", to: "a, \"b\".png")
    let text =
      "path,class\r\ncat/0.jpg,cat\r\n\"a, \"\"b\"\".png\",\"big, cat\"\r\n\r\n\(folder.path)/dog/deep/1.img,dog,more\n"
    try folder.write(Array(text.utf8), to: "list.csv")
    let images = try ListedImages(path: "\(folder.path)/list.csv")
    #expect(images.classNames == ["big, cat", "cat", "dog"])
    #expect((0..<3).map { images.label(of: $0) } == [1, 0, 2])
    #expect(try pixels(images, 1) == Fixtures.image("png-grey.png"))
    #expect(throws: Never.self) { try images.content(of: 2) }
    #expect(throws: Never.self) { try ImageSplit(path: "\(folder.path)/list.csv", validationShare: 0.5, seed: 3) }
    for (text, line) in [("a.jpg,b\nc.jpg\n", 2), ("a.jpg,b\n\n\"c", 3), (",b\n", 1)] {
      try folder.write(Array(text.utf8), to: "list.csv")
      #expect {
        try ListedImages(path: "\(folder.path)/list.csv")
      } throws: { error in
        if case ImageError.malformedLine(_, line, _, _) = error { true } else { false }
      }
    }
  }
}
