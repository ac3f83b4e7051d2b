import Unfold
import UnfoldData

/// One convolution of a shape file, validated by the engine.
struct ShapeCase {
  /// Its name in tables: that in the file, or the whole descriptor where it has none.
  let label: String
  let descriptor: ConvolutionDescriptor
  let geometry: ConvolutionGeometry
}

/// The convolutions that a command is to run, and what had to be left out.
struct ShapeList {
  private(set) var cases: [ShapeCase] = []
  /// One sentence each.
  private(set) var skipped: [String] = []

  /// The shapes of a file.
  ///
  /// - Parameters:
  ///   - batch: Replaces every shape's number of images.
  ///   - name: Only shapes whose name contains it; nil for all.
  ///   - algorithms: How they are computed: each shape by every one of these that applies.
  /// - Throws: `DataError` for a file that cannot be read or understood, ``CommandError`` where nothing is left or the
  ///   engine cannot do a shape.
  init(
    path: String, batch: Int?, name: String? = nil, algorithms: [ConvolutionAlgorithm] = [.automatic]
  ) throws {
    let selection = try ShapeSelection(ShapeFile<ConvolutionDescriptor>(path: path), batch: batch, name: name)
    skipped = selection.skipped
    for algorithm in algorithms {
      var refused: (count: Int, first: UnfoldError)?
      for entry in selection.entries {
        do throws(UnfoldError) { _ = try entry.geometry.computed(by: algorithm) } catch {
          refused = ((refused?.count ?? 0) + 1, refused?.first ?? error)
        }
      }
      guard let refused else { continue }
      skipped.append(
        "\(path): \(algorithm) does not apply to \(refused.count) of \(counted(selection.entries.count, "shape")): "
          + "\(refused.first)")
    }
    for entry in selection.entries {
      for algorithm in algorithms {
        guard let geometry = try? entry.geometry.computed(by: algorithm) else { continue }
        cases.append(ShapeCase(label: entry.label, descriptor: entry.descriptor, geometry: geometry))
      }
    }
    guard !selection.isFileEmpty else {
      throw CommandError.file(path: path, reason: "expected at least one convolution, found none")
    }
    guard !cases.isEmpty else {
      let wanted = name.map { " whose name contains \"\($0)\"" } ?? ""
      let applies = algorithms == [.automatic] ? "" : " by \(algorithms.map(\.description).joined(separator: " or "))"
      throw CommandError.usage(path, expected: "at least one convolution\(wanted)\(applies)", found: "none")
    }
  }

  /// The columns that the longest label needs.
  var labelWidth: Int { cases.map(\.label.printable.columns).max() ?? 0 }
}

extension ConvolutionAccuracy {
  /// Throws if the option has no effect: if none of the algorithms is automatic.
  ///
  /// - Throws: `CommandError.usage(_:expected:found:)`.
  func requireUse(for algorithms: [ConvolutionAlgorithm]) throws(CommandError) {
    guard self == .fast || algorithms.contains(.automatic) else {
      throw .usage(
        "--accuracy", expected: "--algorithm automatic, which it limits",
        found: algorithms.map(\.description).joined(separator: ","))
    }
  }
}

extension ConvolutionAlgorithm {
  /// The algorithms of a list such as `im2col,winograd4`, each once, in the order of the list.
  ///
  /// - Throws: `CommandError.usage(_:expected:found:)` for an unknown or an empty one.
  static func list(_ text: String) throws(CommandError) -> [ConvolutionAlgorithm] {
    var algorithms: [ConvolutionAlgorithm] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let algorithm = ConvolutionAlgorithm(String(word)) else {
        throw .usage(
          "--algorithm", expected: "a list of \(names.joined(separator: ", "))", found: "\"\(word)\"")
      }
      if !algorithms.contains(algorithm) { algorithms.append(algorithm) }
    }
    return algorithms
  }
}
