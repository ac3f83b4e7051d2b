import Unfold

/// A classifier and its description, as they stand in a file.
///
/// ```swift
/// try TrainedModel(card: card, network: network).write(to: "lenet.safetensors")
/// let model = try TrainedModel<Float>(path: "lenet.safetensors")
/// let logits = try model.network.forward(images)
/// ```
public struct TrainedModel<Scalar: TensorScalar> {
  /// What the model is and what it expects.
  public let card: ModelCard
  /// The graph and its weights.
  public let network: Network<Scalar>

  /// A model of a network of the card's architecture.
  public init(card: ModelCard, network: Network<Scalar>) {
    self.card = card
    self.network = network
  }

  /// The model of a file.
  ///
  /// - Throws: ``ModelFileError`` unless the file is whole and has exactly the tensors of the architecture that its
  ///   metadata names.
  public init(path: String) throws(ModelFileError) { try self.init(file: SafetensorsFile(path: path)) }

  /// The model of a file that has been read, also of one that an earlier version of Unfold has written.
  ///
  /// - Throws: As ``init(path:)``.
  public init(file: SafetensorsFile) throws(ModelFileError) {
    card = try ModelCard(metadata: file.metadata)
    var generator = SeededGenerator(seed: 0)
    do {
      // A network whose weights are not in the file is not built, unless it is small: a dense layer after convolutions
      // could have any number of them. A network without one has few, however large the input is.
      let elements = file.names.reduce(0) { $0 + ((try? file.shape(of: $1)?.elementCount()) ?? 0) }
      let summary = try card.architecture.graph(input: card.inputShape, classes: card.classes.count).summary
      let weights = summary.parameters + summary.statistics
      guard weights <= max(2 * elements, 1 << 22) else {
        throw ModelFileError.invalidMetadata(
          key: "unfold.input", expected: "an input and classes that suit the file's \(elements) weights",
          found: "\(card.inputShape) and \(card.classes.count) classes, which need \(weights)")
      }
      network = try card.architecture.network(
        input: card.inputShape, classes: card.classes.count, using: &generator)
    } catch let error as ModelFileError {
      throw error
    } catch {
      throw .invalidMetadata(
        key: "unfold.input", expected: "an input that suits \(card.architecture.rawValue)", found: "\(error)")
    }
    let names = card.architecture.namesSinceRenaming(of: network.parameters.map(\.name))
    try network.load(file.renamed(names))
  }

  /// Writes the model so that at every moment the path holds a whole file, see ``SafetensorsFile/write(to:)``.
  ///
  /// - Parameters:
  ///   - path: The model file.
  ///   - metadata: What the caller wants to find again beside the card.
  /// - Throws: ``ModelFileError``; the previous file is then untouched.
  public func write(to path: String, metadata: [String: String] = [:]) throws(ModelFileError) {
    var file = try network.modelFile()
    file.metadata = metadata.merging(card.metadata) { $1 }
    try file.write(to: path)
  }
}
