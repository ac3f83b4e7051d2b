import Unfold

/// One step of a pass: a node, with those that were fused into it.
struct ExecutionStep: Sendable {
  let operation: any Operation
  /// The nodes that it reads.
  let inputs: [Int]
  /// The node whose value it writes.
  let output: Int
  /// The nodes whose parameters it has, in this order.
  let owners: [Int]

  /// The steps of a graph in the order of its nodes. An activation becomes part of what comes before it where nobody else
  /// reads that; in training only where its gradient follows from its output, because nothing else is kept. For
  /// inference, batch normalisation becomes part of the convolution before it.
  static func all(of graph: Graph, mode: ForwardMode) -> [ExecutionStep] {
    var readers = [Int](repeating: 0, count: graph.nodes.count)
    for node in graph.nodes { for input in node.inputs { readers[input] += 1 } }
    for output in graph.outputs { readers[output] += 1 }
    var steps: [ExecutionStep] = []
    // The step that writes a node, if it is the last of those that were fused.
    var writers: [Int: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard let operation = node.operation else { continue }
      var step = ExecutionStep(operation: operation, inputs: node.inputs, output: index, owners: [index])
      if let source = node.inputs.first, node.inputs.count == 1, readers[source] == 1, let place = writers[source],
        let joined = steps[place].joined(by: step, mode)
      {
        // In the place of its last node: what it reads stands before.
        step = joined
        steps.remove(at: place)
        for (key, value) in writers where value > place { writers[key] = value - 1 }
        writers[source] = nil
      }
      steps.append(step)
      writers[index] = steps.count - 1
    }
    return steps
  }

  private func joined(by next: ExecutionStep, _ mode: ForwardMode) -> ExecutionStep? {
    if let activation = (next.operation as? ActivationOperation)?.activation,
      mode == .inference || activation.gradientFollowsFromOutput,
      let fused = operation.fused(with: activation)
    {
      return ExecutionStep(operation: fused, inputs: inputs, output: next.output, owners: owners)
    }
    if mode == .inference, let convolution = operation as? ConvolutionOperation, convolution.activation == .identity,
      let normalization = next.operation as? BatchNormalizationOperation
    {
      // What is left of the normalisation is its activation: none yet, because relu joins after it.
      return ExecutionStep(
        operation: FoldedConvolution(convolution: convolution, normalization: normalization), inputs: inputs,
        output: next.output, owners: owners + next.owners)
    }
    return nil
  }
}
