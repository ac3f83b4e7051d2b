import Foundation
import Testing

@testable import UnfoldImages

/// A folder that is removed with this value.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "unfold-images-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func copy(_ fixture: String, to name: String) throws {
    try write(Fixtures.bytes("images/\(fixture)"), to: name)
  }

  /// Two classes with images of several formats, `count` each.
  func addClasses(_ prefix: String = "", count: Int = 6) throws {
    let fixtures = ["jpeg-420.jpg", "png-rgb.png", "webp-lossy.webp", "bmp-24.bmp", "ppm-p6.ppm", "jpeg-grey.jpg"]
    for index in 0..<count {
      try copy(fixtures[index % fixtures.count], to: "\(prefix)cat/\(index).jpg")
      try copy(fixtures[(index + 3) % fixtures.count], to: "\(prefix)dog/deep/\(index).img")
    }
  }
}
