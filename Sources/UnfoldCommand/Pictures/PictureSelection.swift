import UnfoldNN

/// What can be drawn of a model.
enum PictureKind: String, CaseIterable {
  case filters, maps, mistakes, scenes

  /// The kinds that say something about networks of a task.
  static func fitting(_ task: Architecture.Task) -> [PictureKind] {
    switch task {
    case .imageClassification: [.filters, .maps, .mistakes]
    case .segmentation, .localization: [.filters, .maps, .scenes]
    case .seriesClassification: [.filters]
    }
  }
}

/// Which pictures are wanted, and where.
struct PictureSelection {
  /// Where they go; nil for beside the model.
  var folder: String?
  /// Nil for all that fit the model.
  var kinds: [PictureKind]?
  /// The number of the test image, or scene, whose feature maps are drawn.
  var image = 0
  /// The nodes whose maps are drawn; nil for the first activations.
  var nodes: [String]?
  /// The most mistakes or scenes of a sheet; nil for as many as a screen or two show.
  var count: Int?

  /// The kinds of a model.
  ///
  /// - Throws: ``CommandError/unexpected(_:expected:found:)`` for one that says nothing about it.
  func kinds(of architecture: Architecture) throws(CommandError) -> [PictureKind] {
    let fitting = PictureKind.fitting(architecture.task)
    if let other = kinds?.first(where: { !fitting.contains($0) }) {
      throw .unexpected(
        "pictures of \(architecture.rawValue)", expected: fitting.map(\.rawValue).joined(separator: ", "),
        found: other.rawValue)
    }
    return kinds ?? fitting
  }

  /// The nodes whose maps are drawn: those asked for, otherwise the first four activations that are maps.
  ///
  /// - Throws: ``CommandError/unexpected(_:expected:found:)`` for a node that does not exist or is no map.
  func nodes(of graph: Graph) throws(CommandError) -> [String] {
    let maps = graph.nodes.filter { $0.shape.rank == 3 }
    guard let nodes else { return maps.filter { $0.operation is ActivationOperation }.prefix(4).map(\.name) }
    for name in nodes where !maps.contains(where: { $0.name == name }) {
      throw .unexpected("--node", expected: "one of \(maps.map(\.name).joined(separator: ", "))", found: name)
    }
    return nodes
  }
}
