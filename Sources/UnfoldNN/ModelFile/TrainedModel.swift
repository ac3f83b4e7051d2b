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
    // A network whose weights are not in the file is not even built: a dense layer after the convolutions has more of
    // them than the input has elements.
    let elements = file.names.reduce(0) { $0 + ((try? file.shape(of: $1)?.elementCount()) ?? 0) }
    guard let inputs = try? card.inputShape.elementCount(), inputs <= elements, card.classes.count <= elements else {
      throw .invalidMetadata(
        key: "unfold.input", expected: "an input and classes that suit the file's \(elements) weights",
        found: "\(card.inputShape) and \(card.classes.count) classes")
    }
    var generator = SeededGenerator(seed: 0)
    do {
      network = try card.architecture.network(
        input: card.inputShape, classes: card.classes.count, using: &generator)
    } catch {
      throw .invalidMetadata(
        key: "unfold.input", expected: "an input that suits \(card.architecture.rawValue)", found: "\(error)")
    }
    let names = card.architecture.namesSinceRenaming(of: network.parameters.map(\.name))
    try network.load(file.renamed(names))
  }

  /// Writes the model so that at every moment the path holds a whole file, see ``SafetensorsFile/write(to:)``.
  ///
  /// - Throws: ``ModelFileError``; the previous file is then untouched.
  public func write(to path: String) throws(ModelFileError) {
    var file = try network.modelFile()
    file.metadata = card.metadata
    try file.write(to: path)
  }
}
