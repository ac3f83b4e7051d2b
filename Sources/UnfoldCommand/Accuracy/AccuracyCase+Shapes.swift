import Foundation
import Unfold

extension AccuracyCase {
  /// The distinct convolutions of a shape file, with random numbers.
  ///
  /// - Parameter batch: The images of each.
  /// - Throws: As ``ShapeList/init(path:batch:name:algorithms:)``.
  static func cases(ofShapes path: String, batch: Int) throws -> [AccuracyCase] {
    let data = CompareCommand.suite(ofPath: path)
    var seen: Set<ConvolutionGeometry> = []
    return try ShapeList(path: path, batch: batch).cases.filter { seen.insert($0.geometry).inserted }.map { shape in
      AccuracyCase(data: data, name: shape.label, geometry: shape.geometry) { () throws(UnfoldError) in
        try ConvolutionTensors(random: shape.geometry)
      }
    }
  }

  /// The files in `Benchmarks/Shapes` that hold convolutions, sorted.
  ///
  /// - Throws: ``CommandError/file(path:reason:)`` where there are none.
  static func defaultShapeFiles() throws(CommandError) -> [String] {
    let folder = "Benchmarks/Shapes"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let files = names.filter { $0.hasSuffix(".txt") && !["pooling.txt", "resampling.txt"].contains($0) }
    guard !files.isEmpty else {
      throw .file(path: folder, reason: "expected files of convolutions, found none; --shapes names others")
    }
    return files.sorted().map { "\(folder)/\($0)" }
  }
}
