extension EventFile {
  /// Appends the graph of the run. TensorBoard shows the last one.
  ///
  /// Every name is that of one node, and every input names a node.
  public func graph(_ nodes: [GraphNode], wallTime: Double? = nil) throws(EventFileError) {
    try Self.check(nodes)
    let graph = ProtobufMessage { graph in
      for node in nodes { graph.message(1) { $0.node(node) } }
      // The version of TensorFlow's graphs in which shapes are written as here.
      graph.message(4) { $0.integer(1, 22) }
    }
    try append(wallTime: wallTime) { $0.message(4, graph) }
  }

  private static func check(_ nodes: [GraphNode]) throws(EventFileError) {
    var names: Set<Substring> = []
    for node in nodes {
      guard !node.name.isEmpty, !node.operation.isEmpty else {
        throw .invalidArgument(
          name: "node", expected: "a name and an operation",
          found: "the name \"\(node.name)\" and the operation \"\(node.operation)\"")
      }
      guard names.insert(node.name[...]).inserted else {
        throw .invalidArgument(name: "nodes", expected: "different names", found: "\"\(node.name)\" twice")
      }
    }
    for node in nodes {
      for input in node.inputs where !names.contains(GraphNode.source(of: input)) && !names.contains(input[...]) {
        throw .invalidArgument(
          name: "inputs of \"\(node.name)\"", expected: "names of nodes", found: "\"\(input)\"")
      }
    }
  }
}

extension ProtobufMessage {
  /// Writes a `NodeDef` of TensorFlow's `node_def.proto`.
  fileprivate mutating func node(_ node: GraphNode) {
    string(1, node.name)
    string(2, node.operation)
    for input in node.inputs { string(3, input) }
    for (key, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
      message(5) { entry in
        entry.string(1, key)
        entry.message(2) { $0.attribute(attribute) }
      }
    }
  }

  /// Writes an `AttrValue` of TensorFlow's `attr_value.proto`.
  private mutating func attribute(_ attribute: GraphNode.Attribute) {
    switch attribute {
    case .text(let text): string(2, text)
    case .integer(let value): integer(3, value)
    case .number(let value): float(4, value)
    case .boolean(let value): boolean(5, value)
    case .shape(let extents): message(7) { $0.shape(extents) }
    case .shapes(let shapes):
      message(1) { list in
        for extents in shapes { list.message(7) { $0.shape(extents) } }
      }
    }
  }

  /// Writes a `TensorShapeProto`, in which an extent that is not known is -1.
  private mutating func shape(_ extents: [Int?]) {
    for extent in extents { message(2) { $0.integer(1, extent ?? -1) } }
  }
}
