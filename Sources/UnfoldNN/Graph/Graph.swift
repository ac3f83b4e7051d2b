import Unfold

/// A feed-forward network as data: its nodes in topological order.
///
/// Built by ``Value``'s methods, or from definitions in any order with ``init(inputs:nodes:outputs:)``, as a file's
/// reader does. Either way every shape has been inferred and checked, and every node leads from an input to an output.
public struct Graph: Sendable {
  /// One node: a layer and where its inputs come from.
  public struct Node: Sendable {
    /// Unique in the graph, dotted, for example `layer1.0.conv1`.
    public let name: String
    /// What it computes; nil for an input of the graph.
    public let layer: (any Layer)?
    /// The nodes whose outputs it reads.
    public let inputs: [Int]
    /// The shape of one sample of its output.
    public let shape: Shape
  }

  /// A node before its place is known.
  public struct Definition: Sendable {
    /// Unique in the graph.
    public let name: String
    /// What it computes.
    public let layer: any Layer
    /// The names of the nodes or inputs that it reads.
    public let inputs: [String]

    /// A definition.
    public init(_ name: String, _ layer: any Layer, inputs: [String]) {
      self.name = name
      self.layer = layer
      self.inputs = inputs
    }
  }

  /// Inputs first, then in topological order.
  public let nodes: [Node]
  /// The nodes that are inputs, in the order in which batches are given.
  public let inputs: [Int]
  /// The nodes whose values are the result.
  public let outputs: [Int]

  /// A graph from definitions in any order.
  ///
  /// - Parameters:
  ///   - inputs: Names, and the shapes of one sample.
  ///   - definitions: In any order.
  ///   - outputs: The names of the nodes whose values are the result.
  /// - Throws: ``GraphError``, which names the first node at fault.
  /// - Complexity: Linear in nodes and edges.
  public init(
    inputs: [(name: String, shape: Shape)], nodes definitions: [Definition], outputs: [String]
  ) throws(GraphError) {
    guard !inputs.isEmpty else { throw .noInputs }
    guard !outputs.isEmpty else { throw .noOutputs }
    var places: [String: Int] = [:]
    for name in inputs.map(\.name) + definitions.map(\.name) {
      guard places.updateValue(places.count, forKey: name) == nil else { throw .duplicateName(name) }
    }
    for (name, shape) in inputs {
      do {
        try shape.requireElements("input")
      } catch {
        throw .node(name: name, inputs: [], reason: error)
      }
    }
    let order = try Self.order(definitions, inputs: inputs.map(\.name))

    var nodes = inputs.map { Node(name: $0.name, layer: nil, inputs: [], shape: $0.shape) }
    var indices = Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ($0.element.name, $0.offset) })
    for definition in order.map({ definitions[$0] }) {
      let sources = definition.inputs.compactMap { indices[$0] }
      nodes.append(try Self.node(definition, sources, nodes))
      indices[definition.name] = nodes.count - 1
    }
    var results: [Int] = []
    for name in outputs {
      guard let index = indices[name] else { throw .unknownOutput(name) }
      results.append(index)
    }
    self.nodes = nodes
    self.inputs = Array(inputs.indices)
    self.outputs = results
    try requireConnections()
    try requireUniqueParameters()
  }

  /// A node whose sources stand in `nodes`, its shape inferred.
  static func node(_ definition: Definition, _ sources: [Int], _ nodes: [Node]) throws(GraphError) -> Node {
    let shapes = sources.map { nodes[$0].shape }
    do {
      let shape = try definition.layer.outputShape(shapes)
      try shape.requireElements("output")
      _ = try definition.layer.parameters(shapes)
      return Node(name: definition.name, layer: definition.layer, inputs: sources, shape: shape)
    } catch {
      throw .node(name: definition.name, inputs: shapes, reason: error)
    }
  }

  /// The definitions so that each comes after those that it reads, otherwise as they are given.
  private static func order(_ definitions: [Definition], inputs: [String]) throws(GraphError) -> [Int] {
    let places = Dictionary(uniqueKeysWithValues: definitions.enumerated().map { ($0.element.name, $0.offset) })
    let known = Set(inputs)
    var waiting = [Int](repeating: 0, count: definitions.count)
    var readers = [[Int]](repeating: [], count: definitions.count)
    for (index, definition) in definitions.enumerated() {
      for input in definition.inputs where !known.contains(input) {
        guard let source = places[input] else { throw .unknownInput(node: definition.name, input: input) }
        waiting[index] += 1
        readers[source].append(index)
      }
    }
    // The first definition whose inputs are there comes next, so that a builder's order stays as it is.
    var ready = ReadyList(definitions.indices.filter { waiting[$0] == 0 })
    var order: [Int] = []
    while let index = ready.popSmallest() {
      order.append(index)
      for reader in readers[index] {
        waiting[reader] -= 1
        if waiting[reader] == 0 { ready.insert(reader) }
      }
    }
    guard order.count == definitions.count else {
      throw .cycle(Self.cycle(definitions, places, stuck: Set(definitions.indices.filter { waiting[$0] > 0 })))
    }
    return order
  }

  /// The names of the nodes of one cycle.
  private static func cycle(_ definitions: [Definition], _ places: [String: Int], stuck: Set<Int>) -> [String] {
    var path: [Int] = []
    var index = stuck.min()
    while let current = index {
      if let first = path.firstIndex(of: current) {
        return path[first...].reversed().map { definitions[$0].name }
      }
      path.append(current)
      index = definitions[current].inputs.compactMap { places[$0] }.first { stuck.contains($0) }
    }
    return path.map { definitions[$0].name }
  }
}

/// A priority queue: gives the smallest of some numbers, one by one.
private struct ReadyList {
  private var numbers: [Int]

  init(_ numbers: [Int]) { self.numbers = numbers.sorted(by: >) }

  mutating func popSmallest() -> Int? { numbers.popLast() }

  mutating func insert(_ number: Int) {
    let place = numbers.firstIndex { $0 < number } ?? numbers.count
    numbers.insert(number, at: place)
  }
}
