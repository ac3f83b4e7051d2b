import Unfold

/// A compiled pass: a graph for one number of samples and one mode, with its kernels and with all tensors in one arena.
/// It is made once and run many times; running it allocates nothing.
final class Execution<Scalar: TensorScalar> {
  let batch: Int
  let mode: ForwardMode

  private let graph: Graph
  private let arena: Arena
  private let table: UnsafeMutablePointer<Tensor<Scalar>>
  private let tableCount: Int
  private let kernels: [any Kernel<Scalar>]
  private let passes: [NodePass<Scalar>]
  private let layout: ExecutionLayout
  private let microBatches: MicroBatches?
  /// Views of the graph's inputs: the node, and the node that it shows.
  private let inputViews: [(node: Int, source: Int)]
  private let steps: [ExecutionStep]
  /// Where the times of the steps go, if they are measured.
  var profile: PassProfile? {
    didSet { for pass in passes { pass.profile = profile } }
  }
  /// The placeholder for inputs in the table between passes.
  private let empty: Tensor<Scalar>
  /// Which tensors may be read. After a pass that failed, none.
  private enum Contents {
    case nothing
    /// A forward pass has ended.
    case outputs
    /// The backward pass has ended too; its gradients have overwritten the outputs.
    case gradients
  }
  private var contents = Contents.nothing
  /// For each output, whether its gradient was written after the last forward pass.
  private var hasGradient: [Bool]
  /// The number of passes that were begun, forward and backward.
  private var begun = 0
  /// The changes of the parameters after the last forward pass.
  private var changesBefore: UInt64 = 0

  init(
    _ graph: Graph, parameters: [[Parameter<Scalar>]], batch: Int, mode: ForwardMode, needsInputGradients: Bool
  ) throws(UnfoldError) {
    self.graph = graph
    self.batch = batch
    self.mode = mode
    let plan = try ExecutionPlan<Scalar>(
      graph, batch: batch, mode: mode, needsInputGradients: needsInputGradients,
      isNodeTrained: parameters.map { $0.contains(where: \.isTrained) })
    (steps, kernels, layout, microBatches) = (plan.steps, plan.kernels, plan.layout, plan.microBatches)
    let memory = plan.memory
    arena = try Arena(bytes: memory.bytes)

    hasGradient = [Bool](repeating: false, count: graph.outputs.count)
    empty = try Tensor(uninitialized: [0])
    tableCount = layout.shapes.count
    table = .allocate(capacity: tableCount)
    var made = 0
    do {
      for (index, buffer) in layout.buffers.enumerated() {
        if let buffer {
          let shape = layout.shapes[index].batched(layout.batches[index])
          (table + made).initialize(
            to: try Tensor(viewing: arena.base + memory.offsets[buffer], shape: shape, owner: arena))
        } else {
          (table + made).initialize(to: empty)
        }
        made += 1
      }
    } catch {
      table.deinitialize(count: made)
      table.deallocate()
      throw error
    }
    let (table, layout) = (table, layout)
    passes = plan.steps.enumerated().map { index, step in
      NodePass(
        table: table, inputs: step.inputs, output: step.output, outputGradient: layout.gradients[step.output],
        inputGradients: layout.contributions[index].map(\.tensor),
        addsInputGradient: layout.contributions[index].first?.isSum ?? false,
        parameters: step.owners.flatMap { parameters[$0] })
    }
    inputViews = plan.steps.enumerated().compactMap { index, step in
      layout.buffers[step.output] == nil ? step.inputs.first.map { (step.output, $0) } : nil
    }
  }

  deinit {
    table.deinitialize(count: tableCount)
    table.deallocate()
  }

  /// Runs all steps forward.
  func forward(_ inputs: [Tensor<Scalar>], step: RandomStep, context: ExecutionContext) throws(UnfoldError) {
    try run(step: step, context) { () throws(UnfoldError) in
      guard inputs.count == graph.inputs.count else {
        throw .invalidArgument("inputs of the network", expected: "\(graph.inputs.count)", found: "\(inputs.count)")
      }
      for (index, input) in inputs.enumerated() { try setInput(index, input) }
    }
  }

  /// The same for a graph with one input.
  func forward(_ input: Tensor<Scalar>, step: RandomStep, context: ExecutionContext) throws(UnfoldError) {
    try run(step: step, context) { () throws(UnfoldError) in
      guard graph.inputs.count == 1 else {
        throw .invalidArgument("inputs of the network", expected: "\(graph.inputs.count)", found: "1")
      }
      try setInput(0, input)
    }
  }

  private func setInput(_ index: Int, _ input: Tensor<Scalar>) throws(UnfoldError) {
    let node = graph.inputs[index]
    guard input.shape == graph.nodes[node].shape.batched(batch) else {
      throw .shapeMismatch(
        of: "input \(graph.nodes[node].name)", expected: graph.nodes[node].shape.batched(batch), found: input.shape)
    }
    table[node] = input
  }

  private func run(
    step: RandomStep, _ context: ExecutionContext, setInputs: () throws(UnfoldError) -> Void
  ) throws(UnfoldError) {
    contents = .nothing
    begun += 1
    for index in hasGradient.indices { hasGradient[index] = false }
    do {
      try setInputs()
      for view in inputViews {
        table[view.node] = try table[view.source].reshaped(to: layout.shapes[view.node].batched(batch))
      }
      profile?.beginForward { profiledSteps }
      if let microBatches { try run(microBatches, step: step, context) }
      try run((microBatches?.steps ?? 0)..<kernels.count, step: step, context)
    } catch {
      releaseInputs()
      throw error
    }
    contents = .outputs
    changesBefore = changes
    if mode == .inference { releaseInputs() }
  }

  /// Runs the first steps, micro-batch by micro-batch.
  private func run(_ microBatches: MicroBatches, step: RandomStep, _ context: ExecutionContext) throws(UnfoldError) {
    let (size, kept) = (microBatches.size, microBatches.kept)
    // Taken out of the table, which holds the tensors of a micro-batch for the time being: a tensor that is written
    // must have one owner only.
    var wholes: [Tensor<Scalar>] = []
    let nodes = graph.inputs + [kept]
    for node in nodes {
      wholes.append(table[node])
      table[node] = empty
    }
    defer { for (node, whole) in zip(nodes, wholes) { table[node] = whole } }
    for first in stride(from: 0, to: batch, by: size) {
      for (node, whole) in zip(nodes, wholes) { table[node] = try whole.samples(first..<first + size) }
      try run(0..<microBatches.steps, step: step, context)
    }
  }

  private func run(_ steps: Range<Int>, step: RandomStep, _ context: ExecutionContext) throws(UnfoldError) {
    // A loop over indices: a sequence of pairs allocates in code that is not specialised.
    for index in steps {
      let pass = passes[index]
      // Frozen statistics are used as in inference and do not change.
      pass.mode = pass.hasFrozenStatistics ? .inference : mode
      pass.step = step.number
      pass.seed = step.seed
      pass.context = context
      try kernels[index].forward(pass)
      profile?.endForward(index)
    }
  }

  private var profiledSteps: [PassProfile.Step] {
    steps.map { $0.profiled(graph, batch: batch, elementBytes: MemoryLayout<Scalar>.stride) }
  }

  /// Releases the batch, so that its memory can be filled again.
  private func releaseInputs() {
    for input in graph.inputs where !graph.outputs.contains(input) { table[input] = empty }
    for view in inputViews where !graph.outputs.contains(view.node) { table[view.node] = empty }
  }

  /// An output of the graph, in the arena: valid until the next pass, forward or backward. Not to be kept.
  func output(_ index: Int) throws(UnfoldError) -> Tensor<Scalar> {
    guard contents == .outputs else { throw .noOutputs }
    try require(index, in: graph.outputs, "output of the network")
    return table[graph.outputs[index]]
  }

  private func require(_ index: Int, in nodes: [Int], _ name: String) throws(UnfoldError) {
    guard nodes.indices.contains(index) else {
      throw .invalidArgument(name, expected: "0 to \(nodes.count - 1)", found: "\(index)")
    }
  }

  /// Copies of all outputs.
  func copiedOutputs() throws(UnfoldError) -> [Tensor<Scalar>] {
    var outputs: [Tensor<Scalar>] = []
    for index in graph.outputs.indices { outputs.append(try output(index).copied()) }
    return outputs
  }

  /// Lets every kernel pack its parameters, step by step, and releases them. Of the parameters that passes still read
  /// it keeps the values, which nothing else changes.
  func packParameters(_ context: ExecutionContext) throws(UnfoldError) {
    for (kernel, pass) in zip(kernels, passes) {
      let isPacked = try kernel.pack(pass.parameters, context: context)
      var kept: [Parameter<Scalar>] = []
      for parameter in isPacked ? [] : pass.parameters {
        kept.append(try Parameter(parameter.name, role: parameter.role, value: parameter.value))
      }
      pass.parameters = kept
    }
  }

  /// Lets the loss write the gradient of an output.
  ///
  /// - Returns: What `body` returns or throws.
  func withGradient<Value, Failure: Error>(
    ofOutput index: Int,
    _ body: (_ output: Tensor<Scalar>, _ gradient: inout Tensor<Scalar>) throws(Failure) -> Value
  ) throws(UnfoldError) -> Result<Value, Failure> {
    guard mode == .training, contents == .outputs else { throw .noForwardPass }
    try require(index, in: graph.outputs, "output of the network")
    let node = graph.outputs[index]
    guard let gradient = layout.gradients[node] else { throw .noForwardPass }
    setHasGradient(node, false)
    let pass = begun
    let value: Value
    do {
      value = try body(table[node], &table[gradient])
    } catch {
      return .failure(error)
    }
    guard begun == pass else {
      contents = .nothing
      throw .invalidArgument("gradient of an output", expected: "no pass while it is written", found: "one")
    }
    setHasGradient(node, true)
    return .success(value)
  }

  /// A node may be the output several times.
  private func setHasGradient(_ node: Int, _ isWritten: Bool) {
    for index in hasGradient.indices where graph.outputs[index] == node { hasGradient[index] = isWritten }
  }

  /// Runs all steps backward; the outputs' gradients have been written. Gradients at forks are added in the reverse
  /// order of the steps.
  func backward(_ context: ExecutionContext) throws(UnfoldError) {
    guard mode == .training, contents == .outputs else { throw .noForwardPass }
    if let index = hasGradient.firstIndex(of: false) {
      throw .invalidArgument(
        "gradient of output \(graph.nodes[graph.outputs[index]].name)", expected: "written before the backward pass",
        found: "none")
    }
    contents = .nothing
    begun += 1
    defer { releaseInputs() }
    guard changes == changesBefore else {
      throw .invalidArgument(
        "backward pass", expected: "the parameters of its forward pass", found: "some that have changed since")
    }
    profile?.beginBackward()
    for index in passes.indices.reversed() where passes[index].outputGradientIndex != nil {
      profile?.enterBackward(index)
      try kernels[index].backward(passes[index])
      for contribution in layout.contributions[index] {
        guard let tensor = contribution.tensor, let sum = contribution.addedTo else { continue }
        try Addition.identity.apply(to: &table[sum], adding: table[tensor], context: context)
      }
      profile?.endBackward()
    }
    contents = .gradients
  }

  /// How often any of the parameters was changed.
  private var changes: UInt64 {
    var sum: UInt64 = 0
    for index in passes.indices { sum &+= passes[index].parameters.changes() }
    return sum
  }

  /// The gradient of an input, after a backward pass: a copy.
  func inputGradient(_ index: Int) throws(UnfoldError) -> Tensor<Scalar> {
    guard contents == .gradients else { throw .noBackwardPass }
    try require(index, in: graph.inputs, "input of the network")
    guard let gradient = layout.gradients[graph.inputs[index]] else { throw .noBackwardPass }
    return try table[gradient].copied()
  }
}
