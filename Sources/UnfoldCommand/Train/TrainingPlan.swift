import Unfold
import UnfoldNN

/// What is shown to the network and how often, and when the state is saved.
struct TrainingPlan {
  let task: Architecture.Task
  let data: any TrainingData
  let epochs: Int
  let checkpoints: CheckpointFolder
  /// The steps between two checkpoints within an epoch.
  let checkpointSteps: Int
  /// The options that decide the result: a checkpoint of others is none of this training.
  let options: TrainingFingerprint
  /// Where the learning curves are drawn, and what stands above them.
  let curves: OutputFile
  let title: String
  /// The epochs so far.
  private(set) var history = TrainingHistory()

  init(
    task: Architecture.Task, data: any TrainingData, epochs: Int, checkpoints: CheckpointFolder, checkpointSteps: Int,
    options: TrainingFingerprint, curves: OutputFile, title: String
  ) {
    self.task = task
    self.data = data
    self.epochs = epochs
    self.checkpoints = checkpoints
    self.checkpointSteps = checkpointSteps
    self.options = options
    self.curves = curves
    self.title = title
  }

  /// Trains for all epochs that are left, with an evaluation after each.
  ///
  /// - Returns: The last evaluation.
  /// - Throws: ``CommandError/interrupted(signal:saved:)`` after a signal, and the trainer's errors.
  mutating func run(_ trainer: Trainer<Float>, journal: any TrainingJournal) throws -> Evaluation {
    let progress = ProgressDisplay()
    defer { progress.hide() }
    do {
      for epoch in max(1, trainer.state.epoch)..<max(1, epochs) { _ = try run(epoch, trainer, journal, progress) }
      return try run(epochs, trainer, journal, progress)
    } catch let CommandError.interrupted(signal, _) {
      progress.hide()
      try save(trainer)
      throw CommandError.interrupted(signal: signal, saved: checkpoints.path)
    }
  }

  /// Puts a trainer where the newest checkpoint stands, if there is one, and says so.
  ///
  /// - Throws: ``CommandError`` for a checkpoint of other options, `ModelFileError` for one that does not fit.
  mutating func resume(_ trainer: Trainer<Float>) throws {
    guard let (path, file, skipped) = checkpoints.latest() else {
      Terminal.error.writeLine("unfold: no checkpoint in \(checkpoints.path): training begins at its beginning")
      return
    }
    for complaint in skipped { Terminal.error.writeLine("unfold: skipped \(complaint)") }
    try options.requireSame(as: file, path: path)
    try trainer.restore(file)
    history = TrainingHistory(file)
    Terminal.error.writeLine(
      "unfold: going on from \(path), epoch \(trainer.state.epoch), step \(trainer.state.epochSteps)")
  }

  private func save(_ trainer: Trainer<Float>) throws {
    let metadata = options.metadata.merging(history.metadata) { $1 }
    try checkpoints.write(trainer.checkpoint(metadata: metadata), step: trainer.steps)
  }

  private mutating func run(
    _ epoch: Int, _ trainer: Trainer<Float>, _ journal: any TrainingJournal, _ progress: ProgressDisplay
  ) throws -> Evaluation {
    let label = "epoch \(epoch)/\(epochs)"
    let source = WatchedBatches(batches: try data.batches(epoch: epoch))
    try trainer.train(on: source, epoch: epoch) { report in
      progress.update(label, fraction: Double(report.step) / Double(report.steps), fields: report.fields)
      if trainer.steps % checkpointSteps == 0 { try save(trainer) }
    }
    try save(trainer)
    let evaluation = try trainer.evaluate(on: testBatches(progress, "\(label) test"))
    progress.hide()
    let outcome = TrainingEpoch(
      trainer.state, learningRate: trainer.schedule.rate(at: max(0, trainer.steps - 1)), evaluation, task)
    try journal.record(outcome)
    history.record(outcome)
    do {
      try curves.write(history.svg(title: title, epochs: epochs))
    } catch {
      // A drawing is not worth a training.
      Terminal.error.writeLine("unfold: \(error)")
    }
    return evaluation
  }

  private func testBatches(_ progress: ProgressDisplay, _ label: String) throws -> WatchedBatches {
    let batches = try data.testBatches()
    // Fast and without results until its end: shown where a line is redrawn, no line of its own in a log.
    return WatchedBatches(batches: batches) { index in
      guard progress.isInteractive else { return }
      progress.update(label, fraction: Double(index) / Double(batches.count))
    }
  }
}

extension TrainingProgress {
  /// What a progress line shows of it.
  var fields: [String] {
    [
      "loss \(loss.text(places: 4))", "accuracy \(accuracy.percentText())",
      "\(Int(imagesPerSecond.rounded()).groupedText) images/s",
    ]
  }
}
