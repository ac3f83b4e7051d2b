import Unfold

/// Collects the nodes of a graph while ``Value``'s methods are called.
///
/// ```swift
/// let builder = GraphBuilder()
/// let x = try builder.input([28, 28, 1])
/// var y = try x.convolution(32, window: 3, padding: .same).batchNorm().relu()
/// y = try (y + y.convolution(32, window: 3, padding: .same).batchNorm()).relu()
/// let graph = try builder.graph(outputs: [y.globalMeanPooling().dense(10)])
/// ```
public final class GraphBuilder {
  private(set) var nodes: [Graph.Node] = []
  private var inputs: [(name: String, shape: Shape)] = []
  private var definitions: [Graph.Definition] = []
  private var names: Set<String> = []
  private var counts: [String: Int] = [:]
  private var scopes: [String] = []

  /// A builder without nodes.
  public init() {}

  /// An input of the graph.
  ///
  /// - Parameters:
  ///   - shape: That of one sample: `[H, W, C]`, `[1, L, C]` for a series, `[D]`.
  ///   - name: `input` unless given.
  /// - Throws: ``GraphError`` for a name that is taken or a shape without elements.
  public func input(_ shape: Shape, name: String = "input") throws(GraphError) -> Value {
    guard names.insert(name).inserted else { throw .duplicateName(name) }
    guard let count = try? shape.elementCount(), count > 0 else {
      throw .node(
        name: name, inputs: [], reason: .invalidArgument("input", expected: "extents of 1 or more", found: "\(shape)"))
    }
    inputs.append((name, shape))
    nodes.append(Graph.Node(name: name, layer: nil, inputs: [], shape: shape))
    return Value(builder: self, index: nodes.count - 1)
  }

  /// Prefixes the names of the nodes made in `body` with `name` and a dot, as PyTorch's modules do.
  ///
  /// - Throws: What `body` throws.
  public func scope<Result, Failure: Error>(
    _ name: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    scopes.append(name)
    defer { scopes.removeLast() }
    return try body()
  }

  /// Adds a node; its shape is inferred and checked at once.
  ///
  /// - Parameter name: Within the scope; nil for the layer's kind and a number.
  func add(_ layer: any Layer, to sources: [Value], name: String?) throws(GraphError) -> Value {
    let prefix = scopes.map { $0 + "." }.joined()
    let stem = prefix + (name ?? layer.kind)
    if name == nil { counts[stem, default: 0] += 1 }
    let full = name == nil ? "\(stem)\(counts[stem] ?? 1)" : stem
    if let foreign = sources.first(where: { $0.builder !== self }) {
      throw .foreignValue(node: full, input: foreign.name)
    }
    guard names.insert(full).inserted else { throw .duplicateName(full) }
    let definition = Graph.Definition(full, layer, inputs: sources.map(\.name))
    nodes.append(try Graph.node(definition, sources.map(\.index), nodes))
    definitions.append(definition)
    return Value(builder: self, index: nodes.count - 1)
  }

  /// The graph that ends in some values.
  ///
  /// - Throws: ``GraphError``, for a node that leads to none of them for example.
  public func graph(outputs: [Value]) throws(GraphError) -> Graph {
    if let foreign = outputs.first(where: { $0.builder !== self }) { throw .unknownOutput(foreign.name) }
    return try Graph(inputs: inputs, nodes: definitions, outputs: outputs.map(\.name))
  }
}

extension Graph {
  /// A graph with one input and one output.
  ///
  /// ```swift
  /// let graph = try Graph(input: [28, 28, 1]) {
  ///   try $0.convolution(32, window: 5, padding: .same).relu().maximumPooling(2).flatten().dense(10)
  /// }
  /// ```
  ///
  /// - Throws: ``GraphError``, and what `body` throws.
  public init(input: Shape, _ body: (Value) throws -> Value) throws {
    let builder = GraphBuilder()
    let output = try body(try builder.input(input))
    self = try builder.graph(outputs: [output])
  }

  /// The same for a body that throws nothing but ``GraphError``.
  public init(input: Shape, _ body: (Value) throws(GraphError) -> Value) throws(GraphError) {
    let builder = GraphBuilder()
    let output = try body(try builder.input(input))
    self = try builder.graph(outputs: [output])
  }
}

/// The output of a node of a graph that is being built: a symbol, no data.
public struct Value {
  let builder: GraphBuilder
  let index: Int

  /// The name of the node.
  public var name: String { builder.nodes[index].name }
  /// The shape of one sample.
  public var shape: Shape { builder.nodes[index].shape }

  /// The output of a layer on this value.
  public func applying(_ layer: some Layer, name: String? = nil) throws(GraphError) -> Value {
    try builder.add(layer, to: [self], name: name)
  }

  /// The output of a layer on several values.
  public static func applying(
    _ layer: some Layer, to values: [Value], name: String? = nil
  ) throws(GraphError) -> Value {
    guard let first = values.first else { throw .noInputs }
    return try first.builder.add(layer, to: values, name: name)
  }

  /// Prefixes the names of the nodes made in `body` with `name` and a dot.
  ///
  /// - Throws: What `body` throws.
  public func scope<Failure: Error>(_ name: String, _ body: (Value) throws(Failure) -> Value) throws(Failure) -> Value {
    try builder.scope(name) { () throws(Failure) in try body(self) }
  }
}
