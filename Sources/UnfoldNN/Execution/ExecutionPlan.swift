import Unfold

/// The plan of a compiled pass: its steps, their kernels, and the place of every tensor. It is all of an ``Execution``
/// except the arena.
struct ExecutionPlan<Scalar: TensorScalar> {
  let steps: [ExecutionStep]
  /// The first steps of an inference, if they are given a few samples at a time.
  let microBatches: MicroBatches?
  /// One a step.
  let kernels: [any Kernel<Scalar>]
  let layout: ExecutionLayout
  /// The places of the layout's buffers.
  let memory: MemoryPlan

  /// - Parameter isNodeTrained: For each node, whether it has a parameter that is trained; nil if that follows from
  ///   what its parameters are.
  /// - Throws: `UnfoldError` for sizes that the machine cannot hold.
  init(
    _ graph: Graph, batch: Int, mode: ForwardMode, needsInputGradients: Bool, isNodeTrained: [Bool]? = nil
  ) throws(UnfoldError) {
    guard batch >= 1 else { throw .invalidArgument("batch", expected: "1 or more", found: "\(batch)") }
    try graph.requireSizes(batch: batch, elementBytes: MemoryLayout<Scalar>.stride)
    steps = ExecutionStep.all(of: graph, mode: mode)
    microBatches =
      mode == .inference
      ? MicroBatches(graph, steps, batch: batch, elementBytes: MemoryLayout<Scalar>.stride) : nil
    var kernels: [any Kernel<Scalar>] = []
    for (index, step) in steps.enumerated() {
      let batch = microBatches.map { index < $0.steps ? $0.size : batch } ?? batch
      kernels.append(
        try step.layer.kernel(step.inputs.map { graph.nodes[$0].shape }, batch: batch, of: Scalar.self))
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
      mode: mode, isTrained: graph.dependsOnTrained(isNodeTrained, needsInputGradients), batch: batch,
      microBatches: microBatches, elementBytes: MemoryLayout<Scalar>.stride)
    memory = MemoryPlan(layout.lives)
  }
}

extension Graph {
  /// For each node, whether its value depends on a parameter that is trained, or on an input whose gradient is wanted.
  func dependsOnTrained(_ isNodeTrained: [Bool]?, _ needsInputGradients: Bool) -> [Bool] {
    var isTrained: [Bool] = []
    for (index, node) in nodes.enumerated() {
      let learns = isNodeTrained?[index] ?? parameters(of: index).contains { $0.role.isTrained }
      isTrained.append(
        node.layer == nil ? needsInputGradients : learns || node.inputs.contains { isTrained[$0] })
    }
    return isTrained
  }

  /// Throws unless all values and gradients of a pass together have a size that an `Int` holds, in any layout.
  ///
  /// - Throws: `UnfoldError.tooLarge(_:size:limit:)`, which names the first node with which it is too much.
  fileprivate func requireSizes(batch: Int, elementBytes: Int) throws(UnfoldError) {
    var sum = 0
    for (index, node) in nodes.enumerated() {
      // The bytes of a value, its gradient, and a gradient of each input before they are added, with their alignment.
      for shape in [node.shape, node.shape] + inputShapes(of: index) {
        let count = try shape.batched(batch).elementCount()
        let (bytes, tooLarge) = count.multipliedReportingOverflow(by: elementBytes)
        let (next, overflows) = sum.addingReportingOverflow(bytes)
        guard !tooLarge, !overflows, next <= Int.max / 2 else {
          throw .tooLarge(
            "bytes of all values up to node \(node.name), for a batch of \(batch)", size: "more", limit: .max / 2)
        }
        sum = next + MemoryPlan.alignment
      }
    }
  }
}
