import Unfold
import UnfoldData

/// The shapes of a file that `unfold bench` is to measure, and what had to be left out.
///
/// A file holds the shapes of one of benchdnn's drivers, which follows from its fields: only convolutions have output
/// channels, `oc`, and of the others only poolings have a window, `kh`.
struct BenchList {
  private(set) var cases: [BenchCase] = []
  /// One sentence each.
  private(set) var skipped: [String] = []
  /// The directions that are measured unless others are given.
  private(set) var usualDirections: [PassDirection] = [.forward, .inputGradient]

  /// - Parameters:
  ///   - batch: Replaces every shape's number of images.
  ///   - name: Only shapes whose name contains it; nil for all.
  ///   - algorithms: How convolutions are computed: each by every one of these that applies.
  ///   - isDense: Whether convolutions are read as dense layers.
  /// - Throws: `DataError` for a file that cannot be read or understood, ``CommandError`` where nothing is left or the
  ///   engine cannot do a shape.
  init(path: String, batch: Int?, name: String?, algorithms: [ConvolutionAlgorithm], isDense: Bool) throws {
    let trained: [PassDirection] = [.forwardWithBias, .inputGradient, .filterGradient]
    do {
      if isDense {
        let selection = try ShapeSelection(ShapeFile<ConvolutionDescriptor>(path: path), batch: batch, name: name)
        (cases, skipped) = (try selection.entries.map { try BenchCase(dense: $0) }, selection.skipped)
      } else {
        let list = try ShapeList(path: path, batch: batch, name: name, algorithms: algorithms)
        (cases, skipped) = (list.cases.map { BenchCase($0) }, list.skipped)
      }
      usualDirections = trained
    } catch let error as DataError {
      // The file may hold poolings or resamplings. If it holds neither, the error is that of convolutions.
      guard case .malformedShape = error, !isDense else { throw error }
      if let file = try? ShapeFile<PoolingDescriptor>(path: path) {
        let selection = try ShapeSelection(file, batch: batch, name: name)
        (cases, skipped) = (selection.entries.map { BenchCase($0) }, selection.skipped)
      } else if let file = try? ShapeFile<ResamplingDescriptor>(path: path) {
        let selection = try ShapeSelection(file, batch: batch, name: name)
        (cases, skipped) = (selection.entries.map { BenchCase($0) }, selection.skipped)
      } else {
        throw error
      }
      guard algorithms == [.automatic] else {
        throw CommandError.usage(
          "--algorithm", expected: "a file of convolutions", found: "\(path), which has other shapes")
      }
    }
    guard !cases.isEmpty else {
      let wanted = name.map { " whose name contains \"\($0)\"" } ?? ""
      throw CommandError.usage(path, expected: "at least one shape\(wanted)", found: "none")
    }
  }

  /// The passes of a list such as `FWD_D,BWD_D`; the usual ones for nil.
  ///
  /// - Throws: ``CommandError/usage(_:expected:found:)`` for one that a shape does not have.
  func directions(_ text: String?) throws(CommandError) -> [PassDirection] {
    guard let text else { return usualDirections }
    let directions = try PassDirection.list(text)
    for item in cases {
      for direction in directions where !item.directions.contains(direction) {
        throw .usage(
          "--direction", expected: "a list of \(item.directions.map(\.rawValue).joined(separator: ", "))",
          found: "\"\(direction.rawValue)\"")
      }
    }
    return directions
  }

  /// Whether some shapes are measured by several algorithms.
  var comparesAlgorithms: Bool {
    let wanted = Set(cases.map(\.wantedAlgorithm))
    return wanted.count > 1 && wanted.contains("automatic")
  }

  /// Whether rates are of arithmetic (GFLOP/s), not of memory (GB/s).
  var isArithmetic: Bool { cases.contains { $0.operations > 0 } }

  /// The columns that the longest label needs.
  var labelWidth: Int { cases.map(\.label.printable.columns).max() ?? 0 }
}
