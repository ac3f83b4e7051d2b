import Foundation

/// A data set small enough to be learned in a second: 8x8 pixels, two classes, bright above or bright below.
enum ToyImages {
  /// Writes the four IDX files.
  static func write(to folder: URL, training: Int = 96, test: Int = 32) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, count) in [("train", training), ("t10k", test)] {
      var pixels = header([count, 8, 8])
      var labels = header([count])
      for image in 0..<count {
        let label = image % 2
        labels.append(UInt8(label))
        for pixel in 0..<64 {
          let isBright = (pixel < 32) == (label == 0)
          pixels.append(UInt8((isBright ? 180 : 20) + (image * 7 + pixel * 13) % 60))
        }
      }
      try pixels.write(to: folder.appendingPathComponent("\(name)-images-idx3-ubyte"))
      try labels.write(to: folder.appendingPathComponent("\(name)-labels-idx1-ubyte"))
    }
  }

  private static func header(_ extents: [Int]) -> Data {
    var data = Data([0, 0, 8, UInt8(extents.count)])
    for extent in extents { withUnsafeBytes(of: UInt32(extent).bigEndian) { data.append(contentsOf: $0) } }
    return data
  }
}
