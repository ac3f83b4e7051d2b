import Unfold
import UnfoldData
import UnfoldNN

/// What is shown to the network, in which order and how often.
struct TrainingPlan {
  let training: LabelledImages
  let test: LabelledImages
  let normalization: PixelNormalization
  let augmentation: Augmentation
  let batch: Int
  let seed: UInt64
  let epochs: Int

  /// The number of steps of one epoch.
  ///
  /// - Throws: `UnfoldError` for a batch size below 1.
  func stepsPerEpoch() throws(UnfoldError) -> Int { try batches(epoch: 1).count }

  private func batches(epoch: Int) throws(UnfoldError) -> Batches {
    try Batches(
      training, size: batch, shuffledBy: seed, epoch: epoch, normalization: normalization,
      augmentation: augmentation, remainder: .kept)
  }

  /// Trains for all epochs, with an evaluation after each.
  ///
  /// - Returns: The last evaluation.
  /// - Throws: ``CommandError/interrupted`` after Control-C, and the trainer's errors.
  func run(_ trainer: Trainer<Float>, journal: any TrainingJournal) throws -> Evaluation {
    let progress = ProgressDisplay()
    defer { progress.hide() }
    for epoch in 1..<epochs { _ = try run(epoch, trainer, journal, progress) }
    return try run(epochs, trainer, journal, progress)
  }

  private func run(
    _ epoch: Int, _ trainer: Trainer<Float>, _ journal: any TrainingJournal, _ progress: ProgressDisplay
  ) throws -> Evaluation {
    let label = "epoch \(epoch)/\(epochs)"
    let report = try trainer.train(on: WatchedBatches(batches: batches(epoch: epoch)), epoch: epoch) { report in
      progress.update(label, fraction: Double(report.step) / Double(report.steps), fields: report.fields)
    }
    let evaluation = try trainer.evaluate(on: testBatches(progress, "\(label) test"))
    progress.hide()
    if let report { try journal.record(TrainingEpoch(report, evaluation)) }
    return evaluation
  }

  private func testBatches(_ progress: ProgressDisplay, _ label: String) throws(UnfoldError) -> WatchedBatches {
    let batches = try Batches(test, size: batch, normalization: normalization)
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
