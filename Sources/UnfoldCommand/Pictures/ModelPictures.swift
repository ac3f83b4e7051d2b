import Unfold
import UnfoldNN

/// The pictures of a model, as files whose paths have been checked.
struct ModelPictures {
  /// A file and what is on it.
  struct Drawn: Encodable {
    var path: String
    var shows: String
  }

  let model: TrainedModel<Float>
  let selection: PictureSelection
  let data: DataOptions
  let context: ExecutionContext

  private let kinds: [PictureKind]
  private let nodes: [String]
  private let files: [String: OutputFile]
  private let folder: OutputFolder?

  /// Pictures of a model that may still be trained.
  ///
  /// - Parameter path: The model's file, whose name theirs begin with.
  /// - Throws: ``CommandError`` for pictures that say nothing about such a model and files that cannot be written.
  init(
    _ model: TrainedModel<Float>, path: String, selection: PictureSelection, data: DataOptions,
    context: ExecutionContext
  ) throws(CommandError) {
    self.model = model
    self.selection = selection
    self.data = data
    self.context = context
    kinds = try selection.kinds(of: model.card)
    nodes = kinds.contains(.maps) ? try selection.nodes(of: model.network.graph) : []
    folder = try selection.folder.map { path throws(CommandError) in try OutputFolder(path) }
    do {
      files = try Self.files(kinds, nodes, stem: TrainingFiles.stem(of: path), in: folder)
    } catch {
      folder?.removeIfUnused()
      throw error
    }
  }

  private static func files(
    _ kinds: [PictureKind], _ nodes: [String], stem: String, in folder: OutputFolder?
  ) throws(CommandError) -> [String: OutputFile] {
    let stem = folder.map { "\($0.path)/\(stem.split(separator: "/").last ?? "model")" } ?? stem
    var files: [String: OutputFile] = [:]
    for kind in kinds {
      switch kind {
      case .filters: files[kind.rawValue] = try OutputFile("\(stem)-filters.png")
      case .maps: for node in nodes { files["maps \(node)"] = try OutputFile("\(stem)-maps-\(node).png") }
      case .mistakes, .scenes: files[kind.rawValue] = try OutputFile("\(stem)-\(kind.rawValue).svg")
      }
    }
    return files
  }

  /// Removes the folder if it was made for the pictures and none is in it.
  func leave() { folder?.removeIfUnused() }

  /// Draws and writes all of them.
  ///
  /// - Parameter report: Called with the part that is done while test images are seen.
  /// - Throws: Any error; each file is then either complete or unchanged.
  func draw(report: @escaping (Double) -> Void = { _ in }) throws -> [Drawn] {
    try kinds.flatMap { kind in
      switch kind {
      case .filters: try drawFilters()
      case .maps: try drawMaps()
      case .mistakes: [try write(mistakeSheet(report: report), kind.rawValue)]
      case .scenes: [try write(sceneSheet(), kind.rawValue)]
      }
    }
  }

  private func drawFilters() throws -> [Drawn] {
    guard let first = model.network.parameters.first(where: { $0.role == .filter }) else { return [] }
    let (shape, name) = (first.value.shape, first.name.dropLast(".weight".count))
    try files["filters"]?.write(PixelImage.filters(first.value).png())
    return drawn("filters", "\(name): \(shape[3]) filters, \(shape[0])x\(shape[1]) of \(counted(shape[2], "channel"))")
  }

  private func drawMaps() throws -> [Drawn] {
    let number = selection.image ?? 0
    let samples = try sample(number, of: try data.testBatches(for: model.card, batch: 1), "--image").samples
    let values = try model.network.part(endingIn: nodes).forward([samples], context: context)
    let input = PixelImage.grid([PixelImage(samples, card: model.card).enlarged(to: 280)])
    return try zip(nodes, values).flatMap { node, maps in
      try files["maps \(node)"]?.write(PixelImage.row([input, .featureMaps(maps)], gap: 16).png())
      let shape = maps.shape
      return drawn(
        "maps \(node)", "\(node): \(counted(shape[3], "map")) of \(shape[1])x\(shape[2]), image \(number)")
    }
  }

  private func write(_ sheet: ContactSheet, _ file: String) throws -> Drawn {
    try files[file]?.write(sheet.svg())
    return Drawn(path: files[file]?.path ?? "", shows: sheet.detail)
  }

  private func drawn(_ file: String, _ shows: String) -> [Drawn] {
    files[file].map { [Drawn(path: $0.path, shows: shows)] } ?? []
  }
}

/// A sample of batches of one.
///
/// - Throws: ``CommandError/usage(_:expected:found:)`` for one that does not exist.
func sample(_ number: Int, of batches: any BatchSource<Float>, _ name: String) throws -> TrainingBatch<Float> {
  guard 0..<batches.count ~= number else {
    throw CommandError.usage(name, expected: "0 to \(batches.count - 1)", found: "\(number)")
  }
  var batch = try TrainingBatch<Float>()
  try batches.fill(number, into: &batch)
  return batch
}

/// A number with its noun in singular or plural.
func counted(_ number: Int, _ noun: String) -> String { "\(number.groupedText) \(noun)\(number == 1 ? "" : "s")" }
