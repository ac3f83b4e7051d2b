import UnfoldNN

/// A kind of picture of a model.
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

/// The pictures to draw, and their folder.
struct PictureSelection {
  /// Where they go; nil for beside the model.
  var folder: String?
  /// Nil for all that fit the model.
  var kinds: [PictureKind]?
  /// The number of the test image, or scene, whose feature maps are drawn; nil for the first.
  var image: Int?
  /// The nodes whose maps are drawn; nil for the first activations.
  var nodes: [String]?
  /// The most mistakes or scenes of a sheet; nil for as many as a screen or two show.
  var count: Int?

  /// The kinds of a model's pictures.
  ///
  /// - Throws: ``CommandError/usage(_:expected:found:)`` for one that says nothing about it.
  func kinds(of card: ModelCard) throws(CommandError) -> [PictureKind] {
    let fitting = PictureKind.fitting(card.task)
    if let other = kinds?.first(where: { !fitting.contains($0) }) {
      throw .usage(
        "pictures of \(card.name)", expected: fitting.map(\.rawValue).joined(separator: ", "),
        found: other.rawValue)
    }
    return kinds ?? fitting
  }

  /// Throws for options that say something about pictures of a model that are not drawn.
  ///
  /// - Parameter data: Where the test images come from.
  /// - Throws: ``CommandError/usage(message:)``.
  func requireUse(of data: DataOptions, for card: ModelCard) throws(CommandError) {
    try data.requireUse(for: card.task, of: card.name)
    let kinds = try kinds(of: card)
    let uses: [(option: String, isGiven: Bool, kinds: [PictureKind])] = [
      ("--image", image != nil, [.maps]), ("--node", nodes != nil, [.maps]),
      ("--count", count != nil, [.mistakes, .scenes]), ("--data", data.data != nil, [.maps, .mistakes, .scenes]),
      ("--rotated", data.rotated, [.maps, .mistakes, .scenes]),
    ]
    for use in uses where use.isGiven && !use.kinds.contains(where: kinds.contains) {
      throw .usage(
        use.option, expected: "pictures of \(use.kinds.map(\.rawValue).joined(separator: " or "))",
        found: kinds.map(\.rawValue).joined(separator: ", "))
    }
  }

  /// The nodes whose maps are drawn: the given ones, otherwise the first four activations that are maps.
  ///
  /// - Throws: ``CommandError/usage(_:expected:found:)`` for a node that does not exist or is no map.
  func nodes(of graph: Graph) throws(CommandError) -> [String] {
    let maps = graph.nodes.filter { $0.shape.rank == 3 }
    guard let nodes else { return maps.filter { $0.layer is ActivationLayer }.prefix(4).map(\.name) }
    for name in nodes where !maps.contains(where: { $0.name == name }) {
      throw .usage("--node", expected: "one of \(maps.map(\.name).joined(separator: ", "))", found: name)
    }
    return nodes
  }
}
