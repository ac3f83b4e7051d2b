import Foundation
import Unfold

/// A graph as text, which model files hold in their metadata:
///
/// ```
/// {"version": 1,
///  "inputs": [{"name": "input", "shape": [28, 28, 1]}],
///  "nodes": [{"name": "conv1", "layer": "convolution", "inputs": ["input"], "settings": {"filters": 32, ...}}, ...],
///  "outputs": ["fc1"]}
/// ```
///
/// Shapes of single samples; the nodes in an order in which each follows those that it reads.
extension Graph {
  /// The newest form of the text that this version reads, and the one that it writes.
  static let jsonVersion = 1

  /// The graph as text. The same graph gives the same text.
  ///
  /// - Throws: ``ModelFileError/invalidMetadata(key:expected:found:)`` for a layer that is no ``SavedLayer``.
  public func json() throws(ModelFileError) -> String {
    var document = GraphDocument(
      version: Self.jsonVersion, inputs: [], nodes: [], outputs: outputs.map { nodes[$0].name })
    for node in nodes {
      guard let layer = node.layer else {
        document.inputs.append(.init(name: node.name, shape: node.shape))
        continue
      }
      guard let saved = layer as? any SavedLayer else {
        throw .invalidMetadata(
          key: GraphDocument.key, expected: "layers that are SavedLayers",
          found: "\(type(of: layer)), which node \(node.name) has")
      }
      document.nodes.append(.init(name: node.name, layer: saved, inputs: node.inputs.map { nodes[$0].name }))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = GraphDocument.infinities.encoding
    do {
      return String(decoding: try encoder.encode(document), as: UTF8.self)
    } catch {
      throw .invalidMetadata(key: GraphDocument.key, expected: "settings that JSON can hold", found: "\(error)")
    }
  }

  /// The graph of such a text.
  ///
  /// - Parameters:
  ///   - json: What ``json()`` gave, also that of an earlier version of Unfold.
  ///   - layers: Your own layers that it may have.
  /// - Throws: ``ModelFileError/invalidMetadata(key:expected:found:)``, which says what is wrong where.
  public init(json: String, layers: [any SavedLayer.Type] = []) throws(ModelFileError) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = GraphDocument.infinities.decoding
    decoder.userInfo[GraphDocument.catalogue] = LayerCatalogue(adding: layers)
    do {
      let document = try decoder.decode(GraphDocument.self, from: Data(json.utf8))
      try self.init(
        inputs: document.inputs.map { ($0.name, $0.shape) },
        nodes: document.nodes.map { Definition($0.name, $0.layer, inputs: $0.inputs) }, outputs: document.outputs)
    } catch let error as ModelFileError {
      throw error
    } catch let error as DecodingError {
      throw .invalidMetadata(key: GraphDocument.key, expected: "a graph", found: error.reason)
    } catch {
      throw .invalidMetadata(key: GraphDocument.key, expected: "a graph", found: "\(error)")
    }
  }
}

/// The text's structure.
struct GraphDocument: Codable {
  /// The entry of a file's metadata.
  static let key = "unfold.graph"
  static let catalogue = CodingUserInfoKey(rawValue: "unfold.layers").unsafelyUnwrapped
  /// JSON has no infinities; a border may be one.
  static let infinities = (
    encoding: JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan"),
    decoding: JSONDecoder.NonConformingFloatDecodingStrategy.convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  )

  struct Input: Codable {
    var name: String
    var shape: Shape
  }

  struct Node: Codable {
    var name: String
    var layer: any SavedLayer
    var inputs: [String]

    enum Key: String, CodingKey {
      case name, layer, inputs, settings
    }

    init(name: String, layer: any SavedLayer, inputs: [String]) {
      (self.name, self.layer, self.inputs) = (name, layer, inputs)
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      name = try container.decode(String.self, forKey: .name)
      inputs = try container.decode([String].self, forKey: .inputs)
      let kind = try container.decode(String.self, forKey: .layer)
      let catalogue = decoder.userInfo[GraphDocument.catalogue] as? LayerCatalogue ?? LayerCatalogue()
      guard let type = catalogue[kind] else {
        throw ModelFileError.invalidMetadata(
          key: GraphDocument.key, expected: "layers of \(catalogue.names.joined(separator: ", "))",
          found: "\(kind), which node \(name) has")
      }
      layer = try type.init(from: container.superDecoder(forKey: .settings))
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(name, forKey: .name)
      try container.encode(type(of: layer).savedName, forKey: .layer)
      try container.encode(inputs, forKey: .inputs)
      try layer.encode(to: container.superEncoder(forKey: .settings))
    }
  }

  var version: Int
  var inputs: [Input]
  var nodes: [Node]
  var outputs: [String]

  enum Key: String, CodingKey {
    case version, inputs, nodes, outputs
  }

  init(version: Int, inputs: [Input], nodes: [Node], outputs: [String]) {
    (self.version, self.inputs, self.nodes, self.outputs) = (version, inputs, nodes, outputs)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    version = try container.decode(Int.self, forKey: .version)
    // Before anything else, which may have another form then.
    guard 1...Graph.jsonVersion ~= version else {
      throw ModelFileError.invalidMetadata(
        key: Self.key, expected: "a graph of version 1 to \(Graph.jsonVersion)",
        found: "version \(version): a newer Unfold wrote it")
    }
    inputs = try container.decode([Input].self, forKey: .inputs)
    nodes = try container.decode([Node].self, forKey: .nodes)
    outputs = try container.decode([String].self, forKey: .outputs)
  }
}

extension DecodingError {
  /// What is wrong and where, in one line.
  fileprivate var reason: String {
    let (context, what): (Context, String) =
      switch self {
      case .typeMismatch(let type, let context): (context, "no \(type)")
      case .valueNotFound(let type, let context): (context, "no \(type)")
      case .keyNotFound(let key, let context): (context, "no \(key.stringValue)")
      case .dataCorrupted(let context): (context, context.debugDescription)
      @unknown default: (Context(codingPath: [], debugDescription: ""), "\(self)")
      }
    let path = context.codingPath.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
    return path.isEmpty ? what : "\(what) at \(path)"
  }
}
