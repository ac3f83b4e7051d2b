import Unfold

/// Trains a classifier by minimising the softmax cross-entropy, and evaluates it.
///
/// ```swift
/// let trainer = Trainer(network, optimizer: try GradientDescent(momentum: 0.9), schedule: try Schedule(rate: 0.05))
/// for epoch in 1...5 {
///   let batches = try TensorBatches(images, labels: labels, size: 64, shuffledBy: 1, epoch: epoch)
///   try trainer.train(on: batches, epoch: epoch) { print($0.loss) }
/// }
/// let evaluation = try trainer.evaluate(on: TensorBatches(testImages, labels: testLabels, size: 64))
/// ```
///
/// The same seeds, data and shapes give the same weights bit by bit, for any number of threads, on the same machine.
public final class Trainer<Scalar: TensorScalar> {
  /// What is trained.
  public let network: Sequential<Scalar>
  /// How gradients become changes.
  public let optimizer: any Optimizer<Scalar>
  /// The learning rate of each step.
  public let schedule: Schedule
  /// The threads.
  public let context: ExecutionContext
  /// The steps done so far, in all epochs.
  public private(set) var steps = 0

  // The batch at hand. Its memory is used again as long as the batches keep their size.
  private var samples: Tensor<Scalar>?
  private var labels: [Int] = []
  private var gradient: Tensor<Scalar>?

  /// A trainer for a network whose outputs are logits, one a class.
  public init(
    _ network: Sequential<Scalar>, optimizer: any Optimizer<Scalar>, schedule: Schedule,
    context: ExecutionContext = .shared
  ) {
    self.network = network
    self.optimizer = optimizer
    self.schedule = schedule
    self.context = context
  }

  /// Trains for one epoch: one step for each batch of the source.
  ///
  /// - Parameters:
  ///   - source: The epoch's batches.
  ///   - epoch: Its number, counted from 1; for the reports.
  ///   - progress: Called after every step; what it throws ends the training.
  /// - Returns: The last step's report, nil for a source without batches.
  /// - Throws: ``TrainingError/lossNotFinite(epoch:step:loss:learningRate:)``, ``UnfoldError`` for samples that do not
  ///   fit the network and labels that are no class of it, and what the source or `progress` throws.
  @discardableResult
  public func train(
    on source: some BatchSource<Scalar>, epoch: Int = 1, progress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> TrainingProgress? {
    let start = ContinuousClock.now
    var (lossSum, correct, samples) = (0.0, 0, 0)
    var last: TrainingProgress?
    for index in 0..<source.count {
      try read(index, of: source)
      let learningRate = schedule.rate(at: steps)
      let loss = try computeLoss(.training) { actual, predicted in
        if actual == predicted { correct += 1 }
      }
      guard loss.isFinite, let gradient else {
        throw TrainingError.lossNotFinite(
          epoch: epoch, step: index + 1, loss: loss, learningRate: learningRate)
      }
      try network.backward(gradient, context: context)
      try optimizer.step(network.parameters, learningRate: learningRate, context: context)
      steps += 1
      samples += labels.count
      lossSum += loss * Double(labels.count)
      let report = TrainingProgress(
        epoch: epoch, step: index + 1, steps: source.count, batchLoss: loss, loss: lossSum / Double(samples),
        accuracy: Double(correct) / Double(samples), learningRate: learningRate, samples: samples,
        seconds: seconds(since: start))
      last = report
      try progress(report)
    }
    return last
  }

  /// Classifies all samples and changes nothing.
  ///
  /// - Throws: ``TrainingError/evaluationNotFinite(batch:loss:)``, ``UnfoldError`` for samples that do not fit the
  ///   network and labels that are no class of it, and what the source throws.
  public func evaluate(on source: some BatchSource<Scalar>) throws -> Evaluation {
    let start = ContinuousClock.now
    var lossSum = 0.0
    var confusion = ConfusionMatrix(classes: network.outputShape.extents.last ?? 0)
    for index in 0..<source.count {
      try read(index, of: source)
      let loss = try computeLoss(.inference) { actual, predicted in
        confusion.add(actual: actual, predicted: predicted)
      }
      guard loss.isFinite else { throw TrainingError.evaluationNotFinite(batch: index + 1, loss: loss) }
      lossSum += loss * Double(labels.count)
    }
    return Evaluation(
      loss: confusion.total == 0 ? 0 : lossSum / Double(confusion.total), confusion: confusion,
      seconds: seconds(since: start))
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double { (ContinuousClock.now - start) / .seconds(1) }

  /// Reads one batch and checks that it is one.
  private func read(_ index: Int, of source: some BatchSource<Scalar>) throws {
    var samples = try samples.takeBuffer([0])
    try source.fill(index, into: &samples, labels: &labels)
    guard samples.shape.rank >= 1, samples.shape[0] == labels.count, !labels.isEmpty else {
      throw UnfoldError.invalidArgument(
        "labels of a batch", expected: "one for each sample of \(samples.shape), 1 or more", found: "\(labels.count)")
    }
    self.samples = samples
  }

  /// The mean loss of the batch at hand; its gradient is left in `gradient`. Calls `count` with each sample's actual and
  /// predicted class.
  private func computeLoss(
    _ mode: ForwardMode, count: (_ actual: Int, _ predicted: Int) -> Void
  ) throws(UnfoldError) -> Double {
    guard let samples else { return 0 }
    let logits = try network.forward(samples, mode: mode, context: context)
    if gradient?.shape != logits.shape { gradient = nil }
    var gradient = try gradient.takeBuffer(logits.shape)
    let loss = try Loss.softmaxCrossEntropy.valueAndGradient(
      logits, labels: labels, into: &gradient, context: context)
    self.gradient = gradient
    let classes = logits.count / labels.count
    logits.withUnsafeBufferPointer { logits in
      for (sample, label) in labels.enumerated() {
        var best = 0
        for index in 0..<classes where logits[sample * classes + index] > logits[sample * classes + best] {
          best = index
        }
        count(label, best)
      }
    }
    return Double(loss)
  }
}
