import Foundation
import Unfold

extension AccuracyCase {
  /// The distinct ordinary convolutions of a shape file, with random numbers.
  ///
  /// - Parameter batch: The images of each.
  /// - Throws: As ``ShapeList/init(path:batch:name:algorithms:)``.
  static func cases(ofShapes path: String, batch: Int) throws -> [AccuracyCase] {
    let data = CompareCommand.suite(ofPath: path)
    var seen: Set<ConvolutionGeometry> = []
    let cases = try ShapeList(path: path, batch: batch).cases.compactMap { shape -> AccuracyCase? in
      guard let geometry = shape.geometry as? ConvolutionGeometry, seen.insert(geometry).inserted else { return nil }
      return AccuracyCase(data: data, name: shape.label, geometry: geometry) { () throws(UnfoldError) in
        try ConvolutionTensors(random: geometry)
      }
    }
    guard !cases.isEmpty else {
      throw CommandError.file(path: path, reason: "expected at least one ordinary convolution, found none")
    }
    return cases
  }

  /// The files in `Benchmarks/Shapes` that hold ordinary convolutions, sorted.
  ///
  /// - Throws: ``CommandError/file(path:reason:)`` where there are none.
  static func defaultShapeFiles() throws(CommandError) -> [String] {
    let folder = "Benchmarks/Shapes"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let others = ["dcgan.txt", "fsrcnn.txt", "pooling.txt", "resampling.txt"]
    let files = names.filter { $0.hasSuffix(".txt") && !others.contains($0) }
    guard !files.isEmpty else {
      throw .file(path: folder, reason: "expected files of convolutions, found none; --shapes names others")
    }
    return files.sorted().map { "\(folder)/\($0)" }
  }
}
