import Unfold

/// A network and its description, as they stand in a file.
///
/// ```swift
/// try TrainedModel(card: card, network: network).write(to: "lenet.safetensors")
/// let model = try TrainedModel<Float>(path: "lenet.safetensors")
/// let logits = try model.network.forward(images)
/// ```
///
/// The file is whole: it holds the graph too, also of a network that is none of ``Architecture``.
public struct TrainedModel<Scalar: TensorScalar> {
  /// What the model is and what it expects.
  public let card: ModelCard
  /// The graph and its weights.
  public let network: Network<Scalar>

  /// A model of a network and what is known of it.
  public init(card: ModelCard, network: Network<Scalar>) {
    self.card = card
    self.network = network
  }

  /// The model of a file.
  ///
  /// - Parameters:
  ///   - path: The model file.
  ///   - layers: Your own layers that its graph may have.
  /// - Throws: ``ModelFileError`` unless the file is whole and has exactly the tensors of its graph.
  public init(path: String, layers: [any SavedLayer.Type] = []) throws(ModelFileError) {
    try self.init(file: SafetensorsFile(path: path), layers: layers)
  }

  /// The model of a file that has been read, also of one that an earlier version of Unfold has written.
  ///
  /// - Throws: As ``init(path:layers:)``.
  public init(file: SafetensorsFile, layers: [any SavedLayer.Type] = []) throws(ModelFileError) {
    card = try ModelCard(metadata: file.metadata)
    let graph = try card.graph(of: file, layers: layers)
    // A network whose weights are not in the file is not built, unless it is small: a dense layer after convolutions
    // could have any number of them. A network without one has few, however large the input is.
    let elements = file.names.reduce(0) { $0 + ((try? file.shape(of: $1)?.elementCount()) ?? 0) }
    let summary = graph.summary
    let weights = summary.parameters + summary.statistics
    guard weights <= max(2 * elements, 1 << 22) else {
      throw ModelFileError.invalidMetadata(
        key: "unfold.input", expected: "an input and classes that suit the file's \(elements) weights",
        found: "\(card.inputShape) and \(card.classes.count) classes, which need \(weights)")
    }
    var generator = SeededGenerator(seed: 0)
    do {
      network = try Network(graph, using: &generator)
    } catch {
      throw .invalidMetadata(key: GraphDocument.key, expected: "weights that the machine can hold", found: "\(error)")
    }
    let isWhole = file.metadata[GraphDocument.key] != nil
    let names =
      isWhole ? nil : Architecture(rawValue: card.name)?.namesSinceRenaming(of: network.parameters.map(\.name))
    try network.load(names.map(file.renamed) ?? file)
  }

  /// Writes the model so that at every moment the path holds a whole file, see ``SafetensorsFile/write(to:)``.
  ///
  /// - Parameters:
  ///   - path: The model file.
  ///   - metadata: What the caller wants to find again beside the card.
  /// - Throws: ``ModelFileError``, also for a layer that is no ``SavedLayer``; the previous file is then untouched.
  public func write(to path: String, metadata: [String: String] = [:]) throws(ModelFileError) {
    var file = try network.modelFile()
    file.metadata = metadata.merging(card.metadata) { $1 }
    file.metadata[GraphDocument.key] = try network.graph.json()
    try file.write(to: path)
  }
}

extension ModelCard {
  /// The graph that a model file holds, or that its architecture has, where an earlier version wrote it without.
  ///
  /// - Parameters:
  ///   - file: The model file, whose metadata this card is from.
  ///   - layers: Your own layers that the graph may have.
  /// - Throws: ``ModelFileError/invalidMetadata(key:expected:found:)``.
  public func graph(of file: SafetensorsFile, layers: [any SavedLayer.Type] = []) throws(ModelFileError) -> Graph {
    let graph: Graph
    if let json = file.metadata[GraphDocument.key] {
      graph = try Graph(json: json, layers: layers)
    } else if let architecture = Architecture(rawValue: name) {
      do {
        graph = try architecture.graph(input: inputShape, classes: classes.count)
      } catch {
        throw .invalidMetadata(key: "unfold.input", expected: "an input that suits \(name)", found: "\(error)")
      }
    } else {
      throw .invalidMetadata(key: GraphDocument.key, expected: "a graph", found: "nothing")
    }
    let (inputs, output) = (graph.inputs.map { graph.nodes[$0].shape }, graph.nodes[graph.outputs[0]].shape)
    guard inputs == [inputShape], output.extents.last == classes.count else {
      throw .invalidMetadata(
        key: GraphDocument.key, expected: "one input \(inputShape) and an output for \(classes.count) classes",
        found: "\(inputs.map { "\($0)" }.joined(separator: ", ")) and \(output)")
    }
    return graph
  }
}
