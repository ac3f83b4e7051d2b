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

  /// The steps of a graph in the order of its nodes. An activation is fused into the node before it if that has no
  /// other reader; in training only if the activation's gradient follows from its output, because nothing else is kept.
  /// For inference, batch normalisation and a sum become part of the convolution before them.
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
    if let activation = (next.layer as? ActivationLayer)?.activation,
      mode == .inference || activation.gradientFollowsFromOutput,
      let fused = layer.fused(with: activation)
    {
      return ExecutionStep(layer: fused, inputs: inputs, output: next.output, owners: owners)
    }
    guard let convolution = layer as? InferenceConvolution, let input = inputs.first else { return nil }
    if let normalization = next.layer as? BatchNormalizationLayer,
      let fused = convolution.fused(with: normalization)
    {
      return ExecutionStep(layer: fused, inputs: inputs, output: next.output, owners: owners + next.owners)
    }
    if let sum = next.layer as? AdditionLayer, sum.addition == .identity,
      let term = next.inputs.first(where: { $0 != output }),
      let fused = convolution.fusedWithSum(input: graph.nodes[input].shape)
    {
      return ExecutionStep(layer: fused, inputs: [term] + inputs, output: next.output, owners: owners)
    }
    return nil
  }
}

extension Layer {
  /// The layer that replaces this one in inference.
  fileprivate var forInference: any Layer {
    switch self {
    case let convolution as ConvolutionLayer: InferenceConvolution(convolution: convolution)
    case let dense as DenseLayer: InferenceDense(dense: dense)
    default: self
    }
  }
}
