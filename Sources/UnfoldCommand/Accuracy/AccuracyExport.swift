import Foundation
import Unfold
import UnfoldNN

/// A folder with the tensors of cases, so that other libraries can be judged on the same numbers. Each case is a
/// safetensors file with the tensors `input` `[N, H, W, C]`, `filter` `[R, S, C/groups, K]` and `outputGradient` `[N,
/// P, Q, K]` in `F32`, and a description of the case in the metadata.
struct AccuracyExport {
  var folder: String { output.path }
  private let output: OutputFolder

  /// An empty folder, made where it is missing.
  ///
  /// - Throws: ``CommandError/file(path:reason:)`` where it cannot be made or is not empty: files of an earlier run
  ///   could be mistaken for this one's.
  init(_ folder: String) throws(CommandError) {
    output = try OutputFolder(folder)
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard found.isEmpty else {
      throw .file(path: folder, reason: "expected an empty folder, found \(counted(found.count, "file"))")
    }
  }

  /// Removes the folder if it was made for the export and nothing is in it.
  func leave() { output.removeIfUnused() }

  /// Writes a case.
  ///
  /// - Parameter number: Names its file.
  /// - Throws: `UnfoldError`, `ModelFileError`.
  func write(_ number: Int, _ item: AccuracyCase) throws {
    let tensors = try item.makeTensors()
    let (vertical, horizontal) = (item.geometry.vertical, item.geometry.horizontal)
    var file = SafetensorsFile()
    file.metadata = [
      "data": item.data, "name": item.name, "shape": "\(item.geometry)", "groups": "\(item.geometry.groups)",
      "stride": "\(vertical.stride) \(horizontal.stride)", "dilation": "\(vertical.dilation) \(horizontal.dilation)",
      "padding": "\(vertical.low) \(vertical.high) \(horizontal.low) \(horizontal.high)",
    ]
    try file.append("input", tensors.input)
    try file.append("filter", tensors.filter)
    try file.append("outputGradient", tensors.outputGradient)
    try file.write(to: "\(folder)/\(number).safetensors")
  }
}
