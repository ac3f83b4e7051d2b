import Unfold
import UnfoldData

/// One convolution of a shape file, ordinary or transposed, validated by the engine.
struct ShapeCase {
  /// Its name in tables: that in the file, or the whole descriptor where it has none.
  let label: String
  /// That of the file, in words.
  let shape: String
  /// The number of images in the file, and how often the network has this layer.
  let batch, occurrences: Int
  let geometry: any FilterOperator
  /// The geometry with another number of images, by the algorithm that the engine chooses.
  private let geometryOfBatch: (Int) throws(UnfoldError) -> any FilterOperator
  /// The line of the file.
  fileprivate let line: Int
}

extension ShapeCase {
  init<Descriptor: ShapeDescriptor>(
    _ entry: ShapeSelection<Descriptor>.Entry
  ) where Descriptor.Geometry: FilterOperator {
    let descriptor = entry.descriptor
    self.init(
      label: entry.label, shape: "\(descriptor)", batch: descriptor.batch, occurrences: descriptor.occurrences,
      geometry: entry.geometry,
      geometryOfBatch: { (batch: Int) throws(UnfoldError) in try descriptor.geometry(batch: batch) }, line: entry.line)
  }

  /// The same, computed in another way.
  func computed(by algorithm: ConvolutionAlgorithm) throws(UnfoldError) -> ShapeCase {
    with(try geometry.computed(by: algorithm))
  }

  /// The same with another number of images.
  func withImages(_ batch: Int) throws(UnfoldError) -> ShapeCase {
    with(try geometryOfBatch(batch).computed(by: geometry.algorithm))
  }

  private func with(_ geometry: any FilterOperator) -> ShapeCase {
    ShapeCase(
      label: label, shape: shape, batch: batch, occurrences: occurrences, geometry: geometry,
      geometryOfBatch: geometryOfBatch, line: line)
  }
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
    let ordinary = try ShapeSelection(ShapeFile<ConvolutionDescriptor>(path: path), batch: batch, name: name)
    let transposed = try ShapeSelection(
      ShapeFile<TransposedConvolutionDescriptor>(path: path), batch: batch, name: name)
    guard !ordinary.isFileEmpty || !transposed.isFileEmpty else {
      throw CommandError.file(path: path, reason: "expected at least one convolution, found none")
    }
    // Both have the lines that are no shapes.
    skipped = unique(ordinary.skipped + transposed.skipped)
    let both = ordinary.entries.map { ShapeCase($0) } + transposed.entries.map { ShapeCase($0) }
    // In the order of the file.
    let found = both.enumerated().sorted {
      ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
    }.map(\.element)
    for algorithm in algorithms {
      var refused: (count: Int, first: UnfoldError)?
      for shape in found {
        do throws(UnfoldError) { _ = try shape.computed(by: algorithm) } catch {
          refused = ((refused?.count ?? 0) + 1, refused?.first ?? error)
        }
      }
      guard let refused else { continue }
      skipped.append(
        "\(path): \(algorithm) does not apply to \(refused.count) of \(counted(found.count, "shape")): \(refused.first)"
      )
    }
    cases = found.flatMap { shape in algorithms.compactMap { try? shape.computed(by: $0) } }
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
