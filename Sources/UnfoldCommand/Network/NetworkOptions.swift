import ArgumentParser
import Unfold
import UnfoldNN

/// The network of a command: one of the zoo, or that of a model file.
struct NetworkOptions: ParsableArguments {
  @Option(
    name: .long,
    help: "\(Architecture.allCases.map(\.rawValue).joined(separator: ", ")), or a model file (.safetensors).",
    completion: .file(extensions: ["safetensors"]))
  var model = Architecture.lenet.rawValue

  @Option(name: .long, help: "The shape of one sample, as in 224x224x3. (default: what the network was made for)")
  var input: String?

  @Option(name: .long, help: "The number of classes. (default: those of the data that the network was made for)")
  var classes: Int?

  /// The model file, where it is one.
  var modelFile: String? { model.hasSuffix(".safetensors") ? model : nil }

  /// The selected network.
  struct Choice {
    var name: String
    var input: Shape
    var classes: Int
    var graph: Graph

    var title: String { "\(name), \(input.axesText), \(classes) class\(classes == 1 ? "" : "es")" }
  }

  /// - Throws: ``CommandError/usage(message:)`` for an option that does not fit, also one that does not suit the
  ///   network, `ModelFileError` for a file that is no model.
  func choice() throws -> Choice {
    if let modelFile {
      guard input == nil, classes == nil else {
        throw CommandError.usage(
          input == nil ? "--classes" : "--input", expected: "the name of a network",
          found: "the model file \(modelFile)")
      }
      let file = try SafetensorsFile(path: modelFile)
      let card = try ModelCard(metadata: file.metadata)
      return Choice(
        name: card.name, input: card.inputShape, classes: card.classes.count, graph: try card.graph(of: file))
    }
    let architecture = try CommandError.checkingUsage { try Architecture(named: model) }
    let classes = classes ?? architecture.usualClasses
    guard 1...1_000_000 ~= classes else {
      throw CommandError.usage("--classes", expected: "1 to 1000000", found: "\(classes)")
    }
    let input = try input.map { try Shape(axes: $0) } ?? architecture.usualInput
    return Choice(
      name: architecture.rawValue, input: input, classes: classes,
      graph: try CommandError.checkingUsage { try architecture.graph(input: input, classes: classes) })
  }
}

extension Shape {
  /// The shape of a text such as `224x224x3`.
  ///
  /// - Throws: `CommandError.usage(_:expected:found:)`.
  init(axes text: String) throws(CommandError) {
    let words = text.split(separator: "x", omittingEmptySubsequences: false)
    let extents = words.compactMap { Int($0) }
    guard extents.count == words.count, 1...3 ~= extents.count, extents.allSatisfy({ 1...1 << 20 ~= $0 }) else {
      throw .usage("--input", expected: "HxWxC, each 1 to 1048576", found: "\"\(text)\"")
    }
    self.init(extents)
  }

  /// `224x224x3`.
  var axesText: String { extents.map(String.init).joined(separator: "x") }
}
