import Unfold

/// A graph with parameters, which can be trained, saved and run.
///
/// ```swift
/// var generator = SeededGenerator(seed: 1)
/// let network = try Network<Float>(graph, using: &generator)
/// let logits = try network.forward(images)
/// ```
///
/// The batch size may differ from pass to pass: memory is planned for each, and kept for the two sizes used last.
public final class Network<Scalar: TensorScalar> {
  /// What is computed.
  public let graph: Graph
  /// All parameters, with their names in the network, as in `conv1.weight`: in the order of the nodes.
  public let parameters: [Parameter<Scalar>]
  /// Whether a backward pass computes the gradients of the graph's inputs too.
  public let needsInputGradients: Bool

  /// Those that an optimiser changes: all but statistics and those that are frozen, see ``Parameter/isFrozen``.
  public var trainedParameters: [Parameter<Scalar>] {
    // Computed again only when some were frozen or unfrozen, because it is read in every step.
    var count = 0
    for parameter in parameters where parameter.isTrained { count += 1 }
    var isCurrent = trained.count == count
    for parameter in trained where !parameter.isTrained { isCurrent = false }
    if !isCurrent { trained = parameters.filter(\.isTrained) }
    return trained
  }
  private var trained: [Parameter<Scalar>] = []

  /// Those of each node.
  let nodeParameters: [[Parameter<Scalar>]]
  private var trainings = RecentBatches<Execution<Scalar>>()
  private var inferences = RecentBatches<Execution<Scalar>>()
  /// The execution of the last pass, if it succeeded.
  private var current: Execution<Scalar>?
  /// For each node, whether it had a parameter to train when the executions for training were made; and the parameters
  /// whose gradients these write.
  private var isNodeTrained: [Bool] = []
  private var differentiated: [Parameter<Scalar>] = []
  private var random: RandomStep
  /// Where the time of each step goes, if it is measured; nil reads no clock. One profile is for one mode and one batch
  /// size.
  package var profile: PassProfile?

  /// A network whose weights are drawn from a generator, node by node.
  ///
  /// - Parameters:
  ///   - graph: What is computed.
  ///   - needsInputGradients: Whether a backward pass computes the gradients of the graph's inputs too.
  ///   - generator: Where the first weights come from.
  /// - Throws: ``GraphError/node(name:inputs:reason:)`` for weights that the machine cannot hold.
  public init(
    _ graph: Graph, needsInputGradients: Bool = false, using generator: inout SeededGenerator
  ) throws(GraphError) {
    self.graph = graph
    self.needsInputGradients = needsInputGradients
    var nodeParameters: [[Parameter<Scalar>]] = []
    for (index, node) in graph.nodes.enumerated() {
      var made: [Parameter<Scalar>] = []
      for description in graph.parameters(of: index) {
        do {
          made.append(
            try Parameter(
              "\(node.name).\(description.name)", role: graph.role(of: description, in: index),
              value: try description.makeValue(using: &generator)))
        } catch {
          throw .node(name: node.name, inputs: graph.inputShapes(of: index), reason: error)
        }
      }
      nodeParameters.append(made)
    }
    self.nodeParameters = nodeParameters
    parameters = nodeParameters.flatMap { $0 }
    random = RandomStep(seed: generator.next())
  }

  /// A network of some of another one's nodes, with their parameters themselves.
  init(sharingParametersOf whole: Network, _ graph: Graph) {
    self.graph = graph
    needsInputGradients = whole.needsInputGradients
    let known = Dictionary(uniqueKeysWithValues: zip(whole.graph.nodes.map(\.name), whole.nodeParameters))
    nodeParameters = graph.nodes.map { known[$0.name] ?? [] }
    parameters = nodeParameters.flatMap { $0 }
    random = whole.random
  }

  /// The number of backward passes, on which dropout depends. Set to go on where another process stopped.
  public var steps: UInt64 {
    get { random.number }
    set { random.number = newValue }
  }

  /// The number of trained numbers.
  public var parameterCount: Int { parameters.reduce(0) { $0 + ($1.role.isTrained ? $1.value.count : 0) } }

  /// The shape of one sample of the first input.
  public var inputShape: Shape { graph.nodes[graph.inputs[0]].shape }
  /// The shape of one sample of the first output.
  public var outputShape: Shape { graph.nodes[graph.outputs[0]].shape }

  /// The outputs of the graph, copied out of the network's memory.
  ///
  /// - Parameters:
  ///   - inputs: `[N]` and the shape of a sample each, in the order of the graph's inputs.
  ///   - mode: Whether a backward pass follows.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N]` and the shape of a sample each.
  /// - Throws: `UnfoldError` for another shape, and where memory is short.
  public func forward(
    _ inputs: [Tensor<Scalar>], mode: ForwardMode = .inference, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> [Tensor<Scalar>] {
    current = nil
    guard let batch = inputs.first?.shape, batch.rank > 0 else {
      throw .invalidArgument("inputs of the network", expected: "\(graph.inputs.count)", found: "\(inputs.count)")
    }
    let execution = try execution(batch: batch[0], mode)
    if execution.profile !== profile { execution.profile = profile }
    try execution.forward(inputs, step: random, context: context)
    current = execution
    return try execution.copiedOutputs()
  }

  /// The first output for one input.
  public func forward(
    _ input: Tensor<Scalar>, mode: ForwardMode = .inference, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try forward([input], mode: mode, context: context)[0]
  }

  /// Runs forward and leaves the outputs where they are: see `withOutput` and `withGradient`.
  /// Allocates nothing for a batch size that was seen before. Where it throws, there are no outputs, and no backward
  /// pass can follow, until a pass succeeds.
  public func run(
    _ input: Tensor<Scalar>, mode: ForwardMode, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    current = nil
    guard input.shape.rank > 0 else {
      throw .invalidArgument("input of the network", expected: "[N, ...]", found: "\(input.shape)")
    }
    let execution = try execution(batch: input.shape[0], mode)
    if execution.profile !== profile { execution.profile = profile }
    try execution.forward(input, step: random, context: context)
    current = execution
  }

  /// Calls `body` with an output of the last pass, which must not be kept.
  ///
  /// - Throws: `UnfoldError` before the first pass, after one that failed, and after a backward pass, which overwrites
  ///   the outputs; and what `body` throws.
  public func withOutput<Value>(
    _ index: Int = 0, _ body: (Tensor<Scalar>) throws -> Value
  ) throws -> Value {
    guard let current else { throw UnfoldError.noOutputs }
    return try body(current.output(index))
  }

  /// The same for a body that throws nothing but `UnfoldError`.
  public func withOutput<Value>(
    _ index: Int = 0, _ body: (Tensor<Scalar>) throws(UnfoldError) -> Value
  ) throws(UnfoldError) -> Value {
    guard let current else { throw .noOutputs }
    return try body(current.output(index))
  }

  /// Calls `body` with an output of the last training pass and the memory for its gradient, to be written in full.
  ///
  /// - Throws: `UnfoldError` unless the last pass was a training pass that succeeded, and where `body` runs another
  ///   one; and what `body` throws.
  public func withGradient<Value>(
    ofOutput index: Int = 0,
    _ body: (_ output: Tensor<Scalar>, _ gradient: inout Tensor<Scalar>) throws -> Value
  ) throws -> Value {
    guard let current else { throw UnfoldError.noForwardPass }
    return try current.withGradient(ofOutput: index, body).get()
  }

  /// The same for a body that throws nothing but `UnfoldError`.
  public func withGradient<Value>(
    ofOutput index: Int = 0,
    _ body: (_ output: Tensor<Scalar>, _ gradient: inout Tensor<Scalar>) throws(UnfoldError) -> Value
  ) throws(UnfoldError) -> Value {
    guard let current else { throw .noForwardPass }
    return try current.withGradient(ofOutput: index, body).get()
  }

  /// Computes the gradient of every parameter, from the gradients of all outputs, which `withGradient` has let the
  /// caller write.
  ///
  /// - Throws: `UnfoldError` unless the last pass was a training pass that succeeded, where an output's gradient has
  ///   not been written since, and where a parameter was changed, frozen or unfrozen since.
  public func backward(context: ExecutionContext = .shared) throws(UnfoldError) {
    guard let current else { throw .noForwardPass }
    guard current.mode == .inference || !isOtherwiseTrained else {
      throw .invalidArgument(
        "backward pass", expected: "the frozen parameters of its forward pass", found: "some that have changed since")
    }
    try current.backward(context)
    random.number &+= 1
  }

  /// The same with the gradient of the first output as it is given.
  public func backward(_ outputGradient: Tensor<Scalar>, context: ExecutionContext = .shared) throws(UnfoldError) {
    try withGradient { (output, gradient) throws(UnfoldError) in
      guard outputGradient.shape == output.shape else {
        throw .shapeMismatch(of: "output gradient", expected: output.shape, found: outputGradient.shape)
      }
      try gradient.copyElements(of: outputGradient, context: context)
    }
    try backward(context: context)
  }

  /// The gradient of an input after a backward pass, where ``needsInputGradients``.
  public func inputGradient(_ index: Int = 0) throws(UnfoldError) -> Tensor<Scalar> {
    guard needsInputGradients, let current else { throw .noBackwardPass }
    return try current.inputGradient(index)
  }

  /// The size of the memory in which all values and gradients of a pass lie, and the least that any layout needs; see
  /// ``Graph/arenaBytes(batch:mode:needsInputGradients:of:)``.
  public func arenaBytes(batch: Int, mode: ForwardMode) throws(UnfoldError) -> (planned: Int, lowerBound: Int) {
    try graph.arenaBytes(batch: batch, mode: mode, needsInputGradients: needsInputGradients, of: Scalar.self)
  }

  private func execution(batch: Int, _ mode: ForwardMode) throws(UnfoldError) -> Execution<Scalar> {
    // Checked before the memory of another size is released.
    guard batch >= 1 else { throw .invalidArgument("batch", expected: "1 or more", found: "\(batch)") }
    if mode == .training {
      prepareTraining()
      for parameter in differentiated { try parameter.makeGradient() }
    }
    switch mode {
    case .training:
      return try trainings.state(for: batch) { () throws(UnfoldError) in try makeExecution(batch: batch, mode) }
    case .inference:
      return try inferences.state(for: batch) { () throws(UnfoldError) in try makeExecution(batch: batch, mode) }
    }
  }

  /// Releases the executions for training if parameters were frozen or unfrozen since: a backward pass ends where
  /// nothing before is trained.
  private func prepareTraining() {
    guard isOtherwiseTrained else { return }
    trainings = RecentBatches()
    isNodeTrained = nodeParameters.map { $0.contains(where: \.isTrained) }
    let isReached = graph.dependsOnTrained(isNodeTrained, needsInputGradients)
    // The gradients of outputs are always passed on, by one step at least.
    let reachesAll = graph.outputs.contains { !isReached[$0] }
    differentiated = nodeParameters.indices.filter { reachesAll || isReached[$0] }
      .flatMap { nodeParameters[$0].filter(\.role.isTrained) }
  }

  /// Whether the executions for training were made for other nodes that are trained, or none was.
  private var isOtherwiseTrained: Bool {
    guard isNodeTrained.count == nodeParameters.count else { return true }
    // Loops and no key paths, which allocate: this is read in every step.
    for index in nodeParameters.indices {
      var isTrained = false
      for parameter in nodeParameters[index] where parameter.isTrained { isTrained = true }
      if isTrained != isNodeTrained[index] { return true }
    }
    return false
  }

  /// A new execution with the network's parameters, which the network does not keep.
  func makeExecution(batch: Int, _ mode: ForwardMode) throws(UnfoldError) -> Execution<Scalar> {
    try Execution(
      graph, parameters: nodeParameters, batch: batch, mode: mode, needsInputGradients: needsInputGradients)
  }
}

extension ParameterDescription {
  fileprivate func makeValue<Scalar: TensorScalar>(
    using generator: inout SeededGenerator
  ) throws(UnfoldError) -> Tensor<Scalar> {
    switch start {
    case .constant(let value): try Tensor(repeating: Scalar(value), shape: shape)
    case .drawn(let initializer, let fanIn, let fanOut):
      try initializer.makeWeights(shape, fanIn: fanIn, fanOut: fanOut, using: &generator)
    }
  }
}
