import Unfold

/// Trains a network by minimising an objective, and evaluates it.
///
/// ```swift
/// let trainer = try Trainer(network, optimizer: GradientDescent(momentum: 0.9), schedule: Schedule(rate: 0.05))
/// for epoch in 1...5 {
///   let batches = try TensorBatches(images, labels: labels, size: 64, shuffledBy: 1, epoch: epoch)
///   try trainer.train(on: batches, epoch: epoch) { print($0.loss) }
/// }
/// let evaluation = try trainer.evaluate(on: TensorBatches(testImages, labels: testLabels, size: 64))
/// ```
///
/// The same seeds, data and shapes give the same weights bit by bit, for any number of threads, on the same machine;
/// even if the training was interrupted and continued from a ``checkpoint(metadata:)``.
///
/// A step whose loss, gradients, statistics or weights are not finite is an error that says which, and changes nothing.
public final class Trainer<Scalar: TensorScalar> {
  /// What is trained.
  public let network: Network<Scalar>
  /// The objective.
  public let objective: Objective
  /// The loss of one's own that takes the place of the objective's; nil for none.
  public private(set) var loss: (any LossFunction<Scalar>)?
  /// The optimiser.
  public let optimizer: any Optimizer<Scalar>
  /// The learning rate of each step.
  public let schedule: Schedule
  /// The gradient clipping; nil for none.
  public let clipping: GradientClipping?
  /// The average of the weights, if one is kept. Evaluations are of it.
  public let average: WeightAverage<Scalar>?
  /// The monitor that tells whether it learns, judged from the steps after the warm-up.
  public let watch: LearningWatch<Scalar>
  /// The threads.
  public let context: ExecutionContext
  /// The progress of the training.
  public internal(set) var state = TrainerState()

  // The current batch. Its memory is reused as long as the batches have the same size.
  private var batch: TrainingBatch<Scalar>
  private var scratch: Tensor<Scalar>
  /// The statistics of the network, and their values before the current step: a forward pass changes them before its
  /// result can be checked.
  private let statistics: [Parameter<Scalar>]
  private var statisticsBefore: [Tensor<Scalar>] = []

  /// A trainer.
  ///
  /// - Parameters:
  ///   - network: The network, which is changed.
  ///   - objective: The loss, and what is counted.
  ///   - optimizer: The rule that changes the weights.
  ///   - schedule: The learning rate of each step.
  ///   - clipping: The bound of the gradient; nil for none.
  ///   - averageDecay: The decay of the average of the weights; nil for none.
  ///   - context: The threads and the scratch memory.
  /// - Throws: `UnfoldError` for a decay outside 0 ..< 1, and where memory is short.
  public init(
    _ network: Network<Scalar>, objective: Objective = .classification(), optimizer: any Optimizer<Scalar>,
    schedule: Schedule, clipping: GradientClipping? = nil, averageDecay: Double? = nil,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    self.network = network
    self.objective = objective
    self.optimizer = optimizer
    self.schedule = schedule
    self.clipping = clipping
    if let averageDecay {
      average = try WeightAverage(of: network, decay: averageDecay)
    } else {
      average = nil
    }
    watch = LearningWatch(network, smoothing: objective.smoothing)
    self.context = context
    batch = try TrainingBatch()
    scratch = try Tensor(uninitialized: [0])
    statistics = network.parameters.filter { !$0.role.isTrained }
    for parameter in statistics { statisticsBefore.append(try Tensor(uninitialized: parameter.value.shape)) }
  }

  /// A trainer with a loss of one's own. Labels are not needed; where the batches have one for each row of the output,
  /// accuracies are counted all the same.
  ///
  /// - Parameters:
  ///   - network: The network, of one output, which is changed.
  ///   - loss: What is minimised.
  ///   - optimizer: The rule that changes the weights.
  ///   - schedule: The learning rate of each step.
  ///   - clipping: The bound of the gradient; nil for none.
  ///   - averageDecay: The decay of the average of the weights; nil for none.
  ///   - context: The threads and the scratch memory.
  /// - Throws: `UnfoldError` for a network of several outputs, and as
  ///   ``init(_:objective:optimizer:schedule:clipping:averageDecay:context:)``.
  public convenience init(
    _ network: Network<Scalar>, loss: some LossFunction<Scalar>, optimizer: any Optimizer<Scalar>, schedule: Schedule,
    clipping: GradientClipping? = nil, averageDecay: Double? = nil, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    guard network.graph.outputs.count == 1 else {
      throw .invalidArgument(
        "outputs of a network with a loss of its own", expected: "1", found: "\(network.graph.outputs.count)")
    }
    try self.init(
      network, optimizer: optimizer, schedule: schedule, clipping: clipping, averageDecay: averageDecay,
      context: context)
    self.loss = loss
  }

  /// The steps done so far, in all epochs.
  public var steps: Int { state.steps }

  /// Trains for one epoch: one step for each batch of the source. An epoch that was begun, see ``state``, goes on after
  /// its last step.
  ///
  /// - Parameters:
  ///   - source: The epoch's batches.
  ///   - epoch: Its number, counted from 1. Nil for the epoch that was begun and not finished, or else the next one.
  ///   - progress: Called after every step; what it throws ends the training between two steps.
  /// - Returns: The last step's report, nil where no step was done.
  /// - Throws: ``TrainingError/epochFinished(epoch:last:)`` for an epoch that was finished before,
  ///   ``TrainingError/lossNotFinite(epoch:step:loss:learningRate:)`` and
  ///   ``TrainingError/stepNotFinite(epoch:step:what:found:learningRate:)``, after which all is as before the step,
  ///   `UnfoldError` for samples that do not fit the network and labels that are no class of it, and what the source or
  ///   `progress` throws.
  @discardableResult
  public func train(
    on source: some BatchSource<Scalar>, epoch: Int? = nil, progress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> TrainingProgress? {
    try begin(epoch, of: source.count)
    let (start, before) = (ContinuousClock.now, state.seconds)
    var tally = Tally(classes: network.outputShape.extents.last ?? 0)
    var last: TrainingProgress?
    while state.epochSteps < source.count {
      try read(state.epochSteps, of: source)
      let learningRate = schedule.rate(at: state.steps)
      let seen = (labels: tally.labels, correct: tally.correct)
      let loss = try step(learningRate, &tally)
      average?.update(context: context)
      // How a loss of one's own should fall is not known.
      if state.steps >= schedule.warmUp, self.loss == nil { watch.record(loss: tally.classLoss, labels: batch.labels) }
      state.steps += 1
      state.epochSteps += 1
      state.isFinished = state.epochSteps >= source.count
      state.samples += sampleCount
      state.lossSum += loss * Double(sampleCount)
      state.labels += tally.labels - seen.labels
      state.correct += tally.correct - seen.correct
      state.seconds = before + seconds(since: start)
      let report = self.report(source.count, batchLoss: loss, learningRate: learningRate)
      last = report
      try progress(report)
    }
    return last
  }

  /// Whether an epoch of that many steps has been trained, so that ``train(on:epoch:progress:)`` would refuse it: all
  /// that is left of it may be its evaluation.
  public func hasFinished(_ epoch: Int, steps: Int) -> Bool {
    epoch < state.epoch || epoch == state.epoch && (state.isFinished || state.epochSteps >= steps)
  }

  private func begin(_ epoch: Int?, of steps: Int) throws {
    let current = state.epoch
    let isOver = current < 1 || hasFinished(current, steps: steps)
    let epoch = epoch ?? (isOver ? current + 1 : current)
    guard epoch >= 1, epoch <= TrainerState.largestCount else {
      throw UnfoldError.invalidArgument("epoch", expected: "1 to \(TrainerState.largestCount)", found: "\(epoch)")
    }
    guard !hasFinished(epoch, steps: steps) else { throw TrainingError.epochFinished(epoch: epoch, last: current) }
    if epoch != current { state.begin(epoch: epoch) }
    // An epoch without batches.
    state.isFinished = steps <= 0
  }

  /// One step with the current batch. If it throws, the network is unchanged.
  private func step(_ learningRate: Double, _ tally: inout Tally) throws -> Double {
    try copyStatistics()
    let networkSteps = network.steps
    do {
      let loss = try computeLoss(.training, &tally)
      // The sum too must be a number that a checkpoint can hold.
      guard (state.lossSum + loss * Double(sampleCount)).isFinite else {
        throw TrainingError.lossNotFinite(
          epoch: state.epoch, step: state.epochSteps + 1, loss: loss, learningRate: learningRate)
      }
      try differentiate()
      try changeWeights(learningRate)
      return loss
    } catch {
      try putStatisticsBack()
      network.steps = networkSteps
      guard case UnfoldError.notFinite(let what, let found)? = error as? UnfoldError else { throw error }
      throw TrainingError.stepNotFinite(
        epoch: state.epoch, step: state.epochSteps + 1, what: what, found: found, learningRate: learningRate)
    }
  }

  /// The backward pass.
  ///
  /// - Throws: `UnfoldError.notFinite(_:found:)` for a statistic or a gradient.
  func differentiate() throws(UnfoldError) {
    for parameter in statistics where !parameter.value.largestMagnitude(context: context).isFinite {
      throw .notFinite(parameter.name, found: parameter.value.firstNotFinite())
    }
    try network.backward(context: context)
    try network.trainedParameters.requireGradients(context: context)
  }

  /// The optimiser's step.
  ///
  /// - Throws: `UnfoldError.notFinite(_:found:)`, before any weight has changed.
  func changeWeights(_ learningRate: Double) throws(UnfoldError) {
    let parameters = network.trainedParameters
    clipping?.apply(to: parameters, context: context)
    try optimizer.step(parameters, learningRate: learningRate, context: context)
  }

  private func copyStatistics() throws(UnfoldError) {
    for index in statistics.indices {
      try statisticsBefore[index].copyElements(of: statistics[index].value, context: context)
    }
  }

  private func putStatisticsBack() throws(UnfoldError) {
    for index in statistics.indices {
      try statistics[index].value.copyElements(of: statisticsBefore[index], context: context)
    }
  }

  private func report(_ steps: Int, batchLoss: Double, learningRate: Double) -> TrainingProgress {
    TrainingProgress(
      epoch: state.epoch, step: state.epochSteps, steps: steps, batchLoss: batchLoss,
      loss: state.lossSum / Double(state.samples),
      accuracy: Double(state.correct) / Double(max(1, state.labels)), learningRate: learningRate,
      samples: state.samples, seconds: state.seconds)
  }

  /// Judges the network, or the average of its weights, by all samples, and changes nothing.
  ///
  /// - Throws: ``TrainingError/evaluationNotFinite(batch:loss:)``, `UnfoldError` for samples that do not fit the
  ///   network and labels that are no class of it, and what the source throws.
  public func evaluate(on source: some BatchSource<Scalar>) throws -> Evaluation {
    if let average { return try average.withAverages { try judge(on: source) } }
    return try judge(on: source)
  }

  private func judge(on source: some BatchSource<Scalar>) throws -> Evaluation {
    let start = ContinuousClock.now
    var (lossSum, samples) = (0.0, 0)
    let classes = network.outputShape.extents.last ?? 0
    var tally = Tally(classes: classes, confusion: try ConfusionMatrix(classes: classes))
    for index in 0..<max(0, source.count) {
      try read(index, of: source)
      let loss = try computeLoss(.inference, &tally)
      guard loss.isFinite else { throw TrainingError.evaluationNotFinite(batch: index + 1, loss: loss) }
      lossSum += loss * Double(sampleCount)
      samples += sampleCount
    }
    return Evaluation(
      loss: samples == 0 ? 0 : lossSum / Double(samples),
      confusion: try tally.confusion ?? ConfusionMatrix(classes: classes),
      topFiveAccuracy: Double(tally.amongFive) / Double(max(1, tally.labels)), samples: samples,
      boxOverlap: tally.boxes == 0 ? nil : tally.overlapSum / Double(tally.boxes), seconds: seconds(since: start))
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double { (ContinuousClock.now - start) / .seconds(1) }

  private var sampleCount: Int { batch.samples.shape[0] }

  /// Those of the current batch.
  var labels: [Int] { batch.labels }

  /// Reads one batch and checks it.
  func read(_ index: Int, of source: some BatchSource<Scalar>) throws {
    try source.fill(index, into: &batch)
    guard batch.samples.shape.rank >= 1, sampleCount >= 1, !batch.labels.isEmpty || loss != nil,
      batch.labels.count % sampleCount == 0
    else {
      throw UnfoldError.invalidArgument(
        "labels of a batch", expected: "one for each sample of \(batch.samples.shape), 1 or more",
        found: "\(batch.labels.count)")
    }
  }

  /// The mean loss of the current batch; for training, its gradient is written to the network's memory.
  func computeLoss(_ mode: ForwardMode, _ tally: inout Tally) throws(UnfoldError) -> Double {
    try network.run(batch.samples, mode: mode, context: context)
    if let loss { return try value(of: loss, mode, &tally) }
    return try objective.loss(network, mode, batch, scratch: &scratch, tally: &tally, context)
  }

  private func value(
    of loss: some LossFunction<Scalar>, _ mode: ForwardMode, _ tally: inout Tally
  ) throws(UnfoldError) -> Double {
    try network.withOutputAndGradient(0, mode, scratch: &scratch) { (output, gradient) throws(UnfoldError) in
      tally.count(output, labels: batch.labels)
      return try loss.valueAndGradient(output, batch: batch, into: &gradient, context: context)
    }
  }
}
