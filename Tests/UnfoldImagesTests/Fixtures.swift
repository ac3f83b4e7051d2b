import Foundation
import Testing

@testable import UnfoldImages

/// The files beside these tests, and the pixels that Pillow and torchvision read from them.
enum Fixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// The pixels of an image in one case, such as "grey" or "resize-bilinear-15x20".
  struct Expectation: Sendable, CustomTestStringConvertible {
    let image: String
    let name: String
    let height: Int
    let width: Int
    let channels: Int
    let file: String

    var testDescription: String { "\(image) \(name)" }

    var pixels: [UInt8] { Fixtures.bytes("pixels/\(file)") }

    /// The numbers in the case's name, behind the given word: "resize-bilinear-15x20" has 15 and 20.
    func numbers(after word: String) -> [Double] {
      name.dropFirst(word.count).split(separator: "x").compactMap { Double($0) }
    }
  }

  static let all: [Expectation] = {
    let text = String(decoding: bytes("expected.csv"), as: UTF8.self)
    return text.split(separator: "\n").map { line in
      let fields = line.split(separator: ",").map(String.init)
      return Expectation(
        image: fields[0], name: fields[1], height: Int(fields[2]) ?? 0, width: Int(fields[3]) ?? 0,
        channels: Int(fields[4]) ?? 0, file: fields[5])
    }
  }()

  /// The cases whose name begins with a word.
  static func cases(_ prefix: String) -> [Expectation] {
    let found = all.filter { $0.name.hasPrefix(prefix) }
    precondition(!found.isEmpty, "no case \(prefix)")
    return found
  }

  static func bytes(_ path: String) -> [UInt8] {
    guard let data = try? Data(contentsOf: folder.appendingPathComponent(path)) else {
      Issue.record("the fixture \(path) is missing")
      return []
    }
    return [UInt8](data)
  }

  static let imageNames: [String] = Set(all.map(\.image)).sorted()

  static func image(_ name: String) throws -> RasterImage {
    try RasterImage(decoding: bytes("images/\(name)"), name: name)
  }

  /// The image of an expectation, in the colours in which it was made.
  static func source(_ expected: Expectation) throws -> RasterImage {
    let image = try image(expected.image)
    return expected.channels == 1 ? image.grey : image
  }
}

/// Records an issue unless extents are equal and no pixel differs by more than the tolerance.
func expectPixels(
  _ image: RasterImage, _ expected: Fixtures.Expectation, within tolerance: Int = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let extents = "\(image.height)x\(image.width)x\(image.channels)"
  #expect(
    extents == "\(expected.height)x\(expected.width)x\(expected.channels)", "\(expected.testDescription)",
    sourceLocation: sourceLocation)
  let pixels = expected.pixels
  guard pixels.count == image.pixels.count else { return }
  let differences = zip(image.pixels, pixels).map { abs(Int($0) - Int($1)) }
  let worst = differences.max() ?? 0
  let wrong = differences.count { $0 > tolerance }
  #expect(
    worst <= tolerance,
    "\(expected.testDescription): \(wrong) of \(pixels.count) differ, the worst by \(worst), the first at \(differences.firstIndex { $0 > tolerance } ?? -1)",
    sourceLocation: sourceLocation)
}
