import Unfold

extension Graph {
  /// The part of the graph that computes some of its nodes, with those as outputs. It serves for pictures of feature
  /// maps, or to examine a layer. Inputs and nodes on which none of them depends are left out.
  ///
  /// ```swift
  /// let part = try graph.part(endingIn: ["act1", "act2"])
  /// ```
  ///
  /// - Parameter outputs: The names of nodes.
  /// - Throws: ``GraphError/noOutputs``, ``GraphError/unknownOutput(_:)``.
  /// - Complexity: Linear in nodes and edges.
  public func part(endingIn outputs: [String]) throws(GraphError) -> Graph {
    guard !outputs.isEmpty else { throw .noOutputs }
    let known = Set(nodes.map(\.name))
    if let unknown = outputs.first(where: { !known.contains($0) }) { throw .unknownOutput(unknown) }
    var leadsOut = nodes.map { outputs.contains($0.name) }
    for index in nodes.indices.reversed() where leadsOut[index] {
      for input in nodes[index].inputs { leadsOut[input] = true }
    }
    var sources: [(name: String, shape: Shape)] = []
    var definitions: [Definition] = []
    for (node, isNeeded) in zip(nodes, leadsOut) where isNeeded {
      if let layer = node.layer {
        definitions.append(Definition(node.name, layer, inputs: node.inputs.map { nodes[$0].name }))
      } else {
        sources.append((node.name, node.shape))
      }
    }
    return try Graph(inputs: sources, nodes: definitions, outputs: outputs)
  }
}
