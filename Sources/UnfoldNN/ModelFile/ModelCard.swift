import Unfold

/// The description of a saved network: with it and the graph, which the file holds too, inputs can be given to it. It is
/// in the file's metadata, each entry in JSON.
public struct ModelCard: Hashable, Sendable {
  /// The name of the network: that of an architecture of this module, or one of your own.
  public let name: String
  /// What its outputs mean.
  public let task: Architecture.Task
  /// `[H, W, C]`.
  public let inputShape: Shape
  /// The names of the classes, in the order of the logits.
  public let classes: [String]
  /// The mean, which was subtracted from the pixels of each channel.
  public let mean: [Double]
  /// The standard deviation, by which they were then divided.
  public let standardDeviation: [Double]
  /// The name of what images of other sizes went through before; nil where they had the input's size already.
  public let preparation: String?

  /// A description of a network of one of this module's architectures.
  ///
  /// - Throws: As ``init(name:task:inputShape:classes:mean:standardDeviation:preparation:)``.
  public init(
    architecture: Architecture, inputShape: Shape, classes: [String], mean: [Double], standardDeviation: [Double],
    preparation: String? = nil
  ) throws(ModelFileError) {
    try self.init(
      name: architecture.rawValue, task: architecture.task, inputShape: inputShape, classes: classes, mean: mean,
      standardDeviation: standardDeviation, preparation: preparation)
  }

  /// A description.
  ///
  /// - Parameters:
  ///   - name: What messages, tables and files made of it are called: 1 to 100 letters, digits, `.`, `-`, `_` and spaces.
  ///   - task: What its outputs mean.
  ///   - inputShape: `[H, W, C]`.
  ///   - classes: The names of the classes, in the order of the logits.
  ///   - mean: Subtracted from the pixels of each channel.
  ///   - standardDeviation: What they are then divided by.
  ///   - preparation: The name of what images of other sizes go through before.
  /// - Throws: ``ModelFileError/invalidMetadata(key:expected:found:)`` for such a name, unless the input is `[H, W, C]`,
  ///   there is a class, and mean and standard deviation are finite, one a channel, the latter above 0.
  public init(
    name: String, task: Architecture.Task, inputShape: Shape, classes: [String], mean: [Double],
    standardDeviation: [Double], preparation: String? = nil
  ) throws(ModelFileError) {
    guard 1...100 ~= name.count, name.allSatisfy({ $0.isLetter || $0.isNumber || ".-_ ".contains($0) }),
      !name.hasPrefix(".")
    else {
      throw .invalidMetadata(
        key: Key.model, expected: "a name of 1 to 100 letters, digits, dots, dashes and spaces", found: "\"\(name)\"")
    }
    guard inputShape.rank == 3, inputShape.extents.allSatisfy({ 1...1 << 20 ~= $0 }) else {
      throw .invalidMetadata(key: Key.input, expected: "[H, W, C], each 1 to 1048576", found: "\(inputShape)")
    }
    guard !classes.isEmpty else {
      throw .invalidMetadata(key: Key.classes, expected: "at least one name", found: "none")
    }
    guard mean.count == inputShape[2], mean.allSatisfy(\.isFinite) else {
      throw .invalidMetadata(key: Key.mean, expected: "\(inputShape[2]) finite numbers", found: Self.text(mean))
    }
    guard standardDeviation.count == inputShape[2], standardDeviation.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .invalidMetadata(
        key: Key.standardDeviation, expected: "\(inputShape[2]) finite numbers above 0",
        found: Self.text(standardDeviation))
    }
    (self.name, self.task) = (name, task)
    self.inputShape = inputShape
    self.classes = classes
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.preparation = preparation
  }

  /// The description in the metadata of a file.
  ///
  /// - Throws: ``ModelFileError/invalidMetadata(key:expected:found:)``.
  public init(metadata: [String: String]) throws(ModelFileError) {
    let known = metadata[Key.model].flatMap(Architecture.init(rawValue:))
    guard let name = metadata[Key.model], known != nil || metadata[GraphDocument.key] != nil else {
      throw .invalidMetadata(
        key: Key.model,
        expected: Architecture.allCases.map(\.rawValue).joined(separator: " or ") + ", or any with a graph",
        found: metadata[Key.model] ?? "nothing")
    }
    // Files of earlier versions do not name the task.
    guard let task = metadata[Key.task].map(Architecture.Task.init(rawValue:)) ?? known?.task else {
      throw .invalidMetadata(
        key: Key.task, expected: Architecture.Task.allCases.map(\.rawValue).joined(separator: " or "),
        found: metadata[Key.task] ?? "nothing")
    }
    try self.init(
      name: name, task: task,
      inputShape: Shape(
        try Self.read(Key.input, "three whole numbers", metadata) { (reader) throws(JSONFault) in
          try reader.wholeNumber()
        }),
      classes: try Self.read(Key.classes, "a list of names", metadata) { (reader) throws(JSONFault) in
        try reader.string()
      },
      mean: try Self.numbers(Key.mean, metadata),
      standardDeviation: try Self.numbers(Key.standardDeviation, metadata), preparation: metadata[Key.preparation])
  }

  /// The entries of a file's metadata.
  public var metadata: [String: String] {
    var metadata = [
      Key.model: name, Key.task: task.rawValue, Key.input: Self.list(inputShape.extents.map(String.init)),
      Key.classes: Self.list(classes.map(jsonString)), Key.mean: Self.list(mean.map(jsonNumber)),
      Key.standardDeviation: Self.list(standardDeviation.map(jsonNumber)),
    ]
    metadata[Key.preparation] = preparation
    return metadata
  }

  private enum Key {
    static let model = "unfold.model"
    static let task = "unfold.task"
    static let input = "unfold.input"
    static let classes = "unfold.classes"
    static let mean = "unfold.mean"
    static let standardDeviation = "unfold.standard_deviation"
    static let preparation = "unfold.preparation"
  }

  /// The list that an entry holds, element by element.
  private static func read<Element>(
    _ key: String, _ expected: String, _ metadata: [String: String],
    _ element: (inout JSONReader) throws(JSONFault) -> Element
  ) throws(ModelFileError) -> [Element] {
    guard let text = metadata[key] else { throw .invalidMetadata(key: key, expected: expected, found: "nothing") }
    do throws(JSONFault) {
      var list: [Element] = []
      var reader = JSONReader(Array(text.utf8))
      try reader.list { (reader) throws(JSONFault) in list.append(try element(&reader)) }
      try reader.end()
      return list
    } catch {
      throw .invalidMetadata(key: key, expected: expected, found: text)
    }
  }

  private static func numbers(_ key: String, _ metadata: [String: String]) throws(ModelFileError) -> [Double] {
    try read(key, "a list of numbers", metadata) { (reader) throws(JSONFault) in try reader.number() }
  }

  /// Numbers for a message.
  private static func text(_ numbers: [Double]) -> String {
    "[\(numbers.map(\.messageText).joined(separator: ", "))]"
  }

  private static func list(_ elements: [String]) -> String { "[\(elements.joined(separator: ","))]" }
}
