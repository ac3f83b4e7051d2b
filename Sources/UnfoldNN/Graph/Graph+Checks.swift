import Unfold

extension Graph {
  /// Checks that every node leads from an input to an output.
  func requireConnections() throws(GraphError) {
    var leadsOut = [Bool](repeating: false, count: nodes.count)
    for output in outputs { leadsOut[output] = true }
    for index in nodes.indices.reversed() where leadsOut[index] {
      for input in nodes[index].inputs { leadsOut[input] = true }
    }
    if let index = leadsOut.firstIndex(of: false) { throw .unconnected(nodes[index].name) }
  }

  /// Checks that no two parameters share a name.
  func requireUniqueParameters() throws(GraphError) {
    var owners: [String: String] = [:]
    for index in nodes.indices {
      for description in parameters(of: index) {
        let name = "\(nodes[index].name).\(description.name)"
        if let other = owners.updateValue(nodes[index].name, forKey: name) {
          throw .duplicateParameter(name, nodes: [other, nodes[index].name])
        }
      }
    }
  }

  /// The shapes of a node's inputs.
  func inputShapes(of index: Int) -> [Shape] { nodes[index].inputs.map { nodes[$0].shape } }

  /// The parameters of a node. The same call has succeeded before.
  func parameters(of index: Int) -> [ParameterDescription] {
    (try? nodes[index].layer?.parameters(inputShapes(of: index))) ?? []
  }
}

/// Why a graph is invalid. Each error names the node.
public enum GraphError: Error, Hashable, Sendable {
  /// A graph needs at least one input.
  case noInputs
  /// A graph needs at least one output.
  case noOutputs
  /// A node does not accept the shapes of its inputs.
  case node(name: String, inputs: [Shape], reason: UnfoldError)
  /// Two nodes or inputs have one name.
  case duplicateName(String)
  /// Two nodes have parameters of one name.
  case duplicateParameter(String, nodes: [String])
  /// A node reads a node that does not exist.
  case unknownInput(node: String, input: String)
  /// An output names no node.
  case unknownOutput(String)
  /// Nodes that form a cycle, in the order in which data would flow.
  case cycle([String])
  /// A node or input that no output depends on.
  case unconnected(String)
  /// A value of one graph was used in another.
  case foreignValue(node: String, input: String)
}

extension GraphError: CustomStringConvertible {
  /// One line: what was expected and what was found.
  public var description: String {
    switch self {
    case .noInputs: "graph: expected at least one input, found none"
    case .noOutputs: "graph: expected at least one output, found none"
    case .node(let name, let inputs, let reason):
      "node \(name), which reads \(inputs.map(\.description).joined(separator: " and ")): \(reason)"
    case .duplicateName(let name): "node \(name): expected one node of this name, found two"
    case .duplicateParameter(let name, let nodes):
      "parameter \(name): expected in one node, found in \(nodes.joined(separator: " and "))"
    case .unknownInput(let node, let input): "node \(node): expected \(input) to exist, found no node of this name"
    case .unknownOutput(let name): "output \(name): expected a node of this name, found none"
    case .cycle(let names):
      "nodes \((names + names.prefix(1)).joined(separator: " -> ")): expected an order, found a cycle"
    case .unconnected(let name): "node \(name): expected an output that depends on it, found none"
    case .foreignValue(let node, let input): "node \(node): expected values of its own graph, found \(input) of another"
    }
  }
}
