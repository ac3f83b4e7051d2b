import Unfold

/// How a graph is run for a number of samples and a mode: its steps, their kernels, and where every tensor will lie. All
/// of an ``Execution`` but its arena.
struct ExecutionPlan<Scalar: TensorScalar> {
  let steps: [ExecutionStep]
  /// The first steps of an inference, if they are given a few samples at a time.
  let microBatches: MicroBatches?
  /// One a step.
  let kernels: [any Kernel<Scalar>]
  let layout: ExecutionLayout
  /// The places of the layout's buffers.
  let memory: MemoryPlan

  /// - Throws: ``UnfoldError`` for sizes that the machine cannot hold.
  init(_ graph: Graph, batch: Int, mode: ForwardMode, needsInputGradients: Bool) throws(UnfoldError) {
    guard batch >= 1 else { throw .invalidArgument("batch", expected: "1 or more", found: "\(batch)") }
    steps = ExecutionStep.all(of: graph, mode: mode)
    microBatches =
      mode == .inference
      ? MicroBatches(graph, steps, batch: batch, elementBytes: MemoryLayout<Scalar>.stride) : nil
    var kernels: [any Kernel<Scalar>] = []
    for (index, step) in steps.enumerated() {
      let batch = microBatches.map { index < $0.steps ? $0.size : batch } ?? batch
      kernels.append(
        try step.operation.kernel(step.inputs.map { graph.nodes[$0].shape }, batch: batch, of: Scalar.self))
    }
    self.kernels = kernels
    layout = ExecutionLayout(
      graph, steps,
      kernels.map {
        .init(
          needs: $0.needs, worksInPlace: $0.worksInPlace, differentiatesInPlace: $0.differentiatesInPlace,
          addsInputGradient: $0.addsInputGradient,
          isView: $0 is ViewKernel<Scalar>)
      },
      mode: mode, isTrained: graph.dependsOnTrained(needsInputGradients), batch: batch,
      microBatches: microBatches, elementBytes: MemoryLayout<Scalar>.stride)
    memory = MemoryPlan(layout.lives)
  }
}

extension Graph {
  /// For each node, whether its value depends on a parameter that is trained, or on an input whose gradient is wanted.
  fileprivate func dependsOnTrained(_ needsInputGradients: Bool) -> [Bool] {
    var isTrained: [Bool] = []
    for (index, node) in nodes.enumerated() {
      isTrained.append(
        node.operation == nil
          ? needsInputGradients
          : parameters(of: index).contains { $0.role.isTrained } || node.inputs.contains { isTrained[$0] })
    }
    return isTrained
  }
}
