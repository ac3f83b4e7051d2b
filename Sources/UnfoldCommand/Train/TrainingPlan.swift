import Unfold
import UnfoldNN

/// The plan of a training: its data and epochs, and when its state is saved.
struct TrainingPlan {
  let task: Architecture.Task
  let data: any TrainingData
  let epochs: Int
  let checkpoints: CheckpointFolder
  /// The steps between two checkpoints within an epoch.
  let checkpointSteps: Int
  /// Everything that decides the result. A checkpoint with another fingerprint does not belong to this training.
  let fingerprint: TrainingFingerprint
  /// The file of the learning curves, and their title.
  let curves: OutputFile
  let title: String
  /// The file of the table of the epochs, if there is one.
  let table: OutputFile?
  /// The log for TensorBoard, if there is one.
  var board: TensorBoardLog?
  /// The epochs so far.
  private(set) var history = TrainingHistory()
  /// The steps that the newest checkpoint has; nil where there is none.
  private var savedSteps: Int?

  init(
    task: Architecture.Task, data: any TrainingData, epochs: Int, checkpoints: CheckpointFolder, checkpointSteps: Int,
    fingerprint: TrainingFingerprint, curves: OutputFile, table: OutputFile? = nil, title: String
  ) {
    self.task = task
    self.data = data
    self.epochs = epochs
    self.checkpoints = checkpoints
    self.checkpointSteps = checkpointSteps
    self.fingerprint = fingerprint
    self.curves = curves
    self.table = table
    self.title = title
  }

  /// Restores the newest checkpoint to a trainer, if there is one, and reports it.
  ///
  /// - Throws: ``CommandError`` for a checkpoint of other options or data, or one that does not fit.
  mutating func resume(_ trainer: Trainer<Float>) throws {
    guard let (path, file, skipped) = try checkpoints.latest() else {
      Terminal.error.writeLine("unfold: no checkpoint in \(checkpoints.path): training begins at its beginning")
      return
    }
    for complaint in skipped { Terminal.error.writeLine("unfold: skipped \(complaint)") }
    for warning in try fingerprint.requireSame(as: file, path: path) {
      Terminal.error.writeLine("unfold: warning: \(warning)")
    }
    do {
      try trainer.restore(file)
    } catch {
      throw CommandError.file(path: path, reason: "\(error)")
    }
    guard trainer.state.epoch <= epochs else {
      throw CommandError.unexpected(
        path, expected: "an epoch from 1 to \(epochs)", found: "\(trainer.state.epoch)")
    }
    savedSteps = trainer.steps
    history = TrainingHistory(file)
    Terminal.error.writeLine(
      "unfold: continuing from \(path), epoch \(trainer.state.epoch), step \(trainer.state.epochSteps)")
  }

  /// Trains for all epochs that are left, with an evaluation after each, and removes the checkpoints when the results
  /// are written.
  ///
  /// - Parameter finish: Writes the results, with the last evaluation.
  /// - Returns: What `finish` returns.
  /// - Throws: ``CommandError/stopped(reason:status:kept:)`` for a signal or any other error after the first step: the
  ///   state is saved then, if possible.
  mutating func run<Result>(
    _ trainer: Trainer<Float>, journal: any TrainingJournal, finish: (Evaluation) throws -> Result
  ) throws -> Result {
    let progress = ProgressDisplay()
    defer { progress.hide() }
    do {
      for epoch in max(1, trainer.state.epoch)..<max(1, epochs) { _ = try run(epoch, trainer, journal, progress) }
      let evaluation = try run(epochs, trainer, journal, progress)
      progress.hide()
      let result = try finish(evaluation)
      checkpoints.remove()
      return result
    } catch {
      progress.hide()
      board?.abandon()
      guard trainer.steps > 0 else { throw error }
      throw CommandError.stopped(
        reason: "\(error)", status: CommandError.exitStatus(of: error), kept: kept(of: trainer, after: error))
    }
  }

  private mutating func run(
    _ epoch: Int, _ trainer: Trainer<Float>, _ journal: any TrainingJournal, _ progress: ProgressDisplay
  ) throws -> Evaluation {
    let label = "epoch \(epoch)/\(epochs)"
    let source = WatchedBatches(batches: try data.batches(epoch: epoch))
    // For an epoch that was already trained to its end, only the evaluation is done.
    if !trainer.hasFinished(epoch, steps: source.count) {
      let waiting = WaitingShare(data)
      try trainer.train(on: source, epoch: epoch) { report in
        progress.update(
          label, fraction: Double(report.step) / Double(report.steps), fields: report.fields + waiting.fields)
        board?.record(report, number: trainer.steps)
        if trainer.steps % checkpointSteps == 0 { save(trainer, progress) }
      }
      save(trainer, progress)
    }
    let evaluation = try trainer.evaluate(on: testBatches(progress, "\(label) test"))
    progress.hide()
    var outcome = TrainingEpoch(
      trainer.state, learningRate: trainer.schedule.rate(at: max(0, trainer.steps - 1)), evaluation, task)
    let warnings = trainer.learningWarnings
    if !warnings.isEmpty { outcome.warnings = warnings }
    // Those of the last epoch come at the end.
    for warning in warnings where epoch < epochs {
      Terminal.error.writeLine("unfold: warning: epoch \(epoch): \(warning)")
    }
    try journal.record(outcome)
    history.record(outcome)
    board?.record(outcome, trainer.network, steps: trainer.steps)
    do {
      try curves.write(history.svg(title: title, epochs: epochs))
      try table?.write(history.csv)
    } catch {
      // A failed drawing does not stop the training.
      Terminal.error.writeLine("unfold: warning: \(error)")
    }
    return evaluation
  }

  private func testBatches(_ progress: ProgressDisplay, _ label: String) throws -> WatchedBatches {
    let batches = try data.testBatches()
    // It is fast and has no results until its end: shown on a terminal, but without a line of its own in a log.
    return WatchedBatches(batches: batches) { index in
      guard progress.isInteractive else { return }
      progress.update(label, fraction: Double(index) / Double(batches.count))
    }
  }
}

// MARK: - Saving

extension TrainingPlan {
  /// Writes a checkpoint, if the newest is not of this step already.
  private mutating func write(_ trainer: Trainer<Float>) throws {
    guard savedSteps != trainer.steps else { return }
    let metadata = fingerprint.metadata.merging(history.metadata) { $1 }
    try checkpoints.write(trainer.checkpoint(metadata: metadata), step: trainer.steps)
    savedSteps = trainer.steps
  }

  /// Writes a checkpoint during the training. If that fails, for example because the disk is full, the one before
  /// stays, the training continues, and the next checkpoint is tried at its time.
  private mutating func save(_ trainer: Trainer<Float>, _ progress: ProgressDisplay) {
    do {
      try write(trainer)
    } catch {
      progress.hide()
      Terminal.error.writeLine(
        "unfold: warning: no checkpoint of step \(trainer.steps): \(error); the newest is "
          + "\(savedSteps.map { "of step \($0)" } ?? "none"), the training continues")
    }
  }

  /// Saves what can be saved after an error, and says what the training can be resumed from.
  private mutating func kept(of trainer: Trainer<Float>, after error: any Error) -> String {
    var complaint = ""
    // A loss that is not finite comes from useless weights: older checkpoints are better.
    if case TrainingError.lossNotFinite = error {
    } else {
      do { try write(trainer) } catch { complaint = " (\(error))" }
    }
    guard let savedSteps else { return "nothing is saved\(complaint)" }
    // The same options would lead to the same loss.
    let advice = error is TrainingError ? "" : ", continue with --resume"
    return savedSteps == trainer.steps
      ? "what was done is saved in \(checkpoints.path)\(advice)"
      : "the newest checkpoint\(complaint), of step \(savedSteps), is in \(checkpoints.path)\(advice)"
  }
}

extension TrainingProgress {
  /// The fields of a progress line.
  var fields: [String] {
    [
      "loss \(loss.text(places: 4))", "accuracy \(accuracy.percentText())",
      "\(imagesPerSecond.groupedText) images/s",
    ]
  }
}
