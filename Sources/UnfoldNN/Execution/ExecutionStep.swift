import Unfold

/// One step of a pass: a node, with the nodes that were fused into it.
struct ExecutionStep: Sendable {
  let layer: any Layer
  /// The nodes that it reads.
  let inputs: [Int]
  /// The node whose value it writes.
  let output: Int
  /// The nodes whose parameters it has, in this order.
  let owners: [Int]

  /// The steps of a graph in the order of its nodes. What a layer does becomes part of the step before it if that has
  /// no other reader and knows how, see ``Epilogue``.
  static func all(of graph: Graph, mode: ForwardMode) -> [ExecutionStep] {
    var readers = [Int](repeating: 0, count: graph.nodes.count)
    for node in graph.nodes { for input in node.inputs { readers[input] += 1 } }
    for output in graph.outputs { readers[output] += 1 }
    var steps: [ExecutionStep] = []
    // The step that writes a node, if it is the last of those that were fused.
    var writers: [Int: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard let layer = node.layer else { continue }
      var step = ExecutionStep(
        layer: mode == .inference ? layer.forInference : layer, inputs: node.inputs, output: index,
        owners: [index])
      for source in node.inputs where readers[source] == 1 {
        guard let place = writers[source], let joined = steps[place].joined(by: step, graph, mode) else { continue }
        // At the place of its last node: everything that it reads comes before.
        step = joined
        steps.remove(at: place)
        for (key, value) in writers where value > place { writers[key] = value - 1 }
        writers[source] = nil
        break
      }
      steps.append(step)
      writers[index] = steps.count - 1
    }
    return steps
  }

  /// This step fused with the only one that reads its value.
  private func joined(by next: ExecutionStep, _ graph: Graph, _ mode: ForwardMode) -> ExecutionStep? {
    let others = next.inputs.filter { $0 != output }
    guard let epilogue = next.layer.epilogue, epilogue.isFusible(into: layer, in: mode),
      epilogue.otherInputs == others.count,
      let fused = layer.fused(with: epilogue, inputs: inputs.map { graph.nodes[$0].shape })
    else { return nil }
    return ExecutionStep(
      layer: fused, inputs: others + inputs, output: next.output, owners: owners + next.owners)
  }
}
