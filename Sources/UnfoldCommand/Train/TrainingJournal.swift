import UnfoldNN

/// The facts at the beginning of a training.
struct TrainingStart: Encodable {
  var event = "start"
  var model: String
  var parameters, trainingImages, testImages: Int
  /// The highest.
  var learningRate: Double
  /// The steps until it is reached.
  var warmUp: Int
  var threads: Int
  var machine: MachineDescription
}

/// The results of one epoch.
struct TrainingEpoch: Codable {
  var event = "epoch"
  var epoch: Int
  var loss, accuracy, testLoss, testAccuracy: Double
  /// The mean intersection over union: of pixels for segmentation, of boxes for localisation.
  var testOverlap: Double?
  var learningRate: Double
  var imagesPerSecond: Double
  var seconds: Double
  /// Warnings that the network does not learn; nil if there are none.
  var warnings: [String]?

  init(_ state: TrainerState, learningRate: Double, _ evaluation: Evaluation, _ task: Architecture.Task) {
    epoch = state.epoch
    loss = state.lossSum / Double(max(1, state.samples))
    accuracy = Double(state.correct) / Double(max(1, state.labels))
    testLoss = evaluation.loss
    testAccuracy = evaluation.accuracy
    testOverlap = evaluation.overlap(task)
    self.learningRate = learningRate
    imagesPerSecond = state.seconds > 0 ? Double(state.samples) / state.seconds : 0
    seconds = state.seconds
  }
}

/// The results of the whole training.
struct TrainingEnd: Encodable {
  var event = "result"
  var testLoss, testAccuracy: Double
  var testOverlap: Double?
  var modelFile, drawing, curves: String
  /// Warnings that the network has not learned.
  var warnings: [String]
  var confusion: ConfusionReport
}

/// The report of a training on standard output.
protocol TrainingJournal {
  func begin(_ start: TrainingStart) throws
  func record(_ epoch: TrainingEpoch) throws
  func end(_ end: TrainingEnd) throws
}

/// For machines: an object a line.
struct JSONJournal: TrainingJournal {
  func begin(_ start: TrainingStart) throws { try Terminal.output.writeJSON(start, pretty: false) }
  func record(_ epoch: TrainingEpoch) throws { try Terminal.output.writeJSON(epoch, pretty: false) }
  func end(_ end: TrainingEnd) throws { try Terminal.output.writeJSON(end, pretty: false) }
}

/// For people: a row an epoch, the confusion matrix at the end.
struct TableJournal: TrainingJournal {
  private let table: TextTable
  private let showsOverlap: Bool

  init(_ task: Architecture.Task) {
    showsOverlap = task == .segmentation || task == .localization
    table = TextTable(
      (["epoch", "loss", "accuracy", "test loss", "test accuracy"] + (showsOverlap ? ["test IoU"] : [])
        // Together 79 columns at most.
        + ["images/s", "time"]).map { TextTable.Column($0, width: $0 == "epoch" ? 5 : 7) })
  }

  var header: [String] { table.header }

  func begin(_ start: TrainingStart) throws {
    try Terminal.output.writeParagraph(start.machine.summary(threads: start.threads))
    for warning in start.machine.warnings { try Terminal.output.writeParagraph("warning: \(warning)") }
    try Terminal.output.writeParagraph(
      "\(start.model), \(start.parameters.groupedText) parameters, \(start.trainingImages.groupedText) training and "
        + "\(start.testImages.groupedText) test images")
    try Terminal.output.writeParagraph(
      "learning rate \(start.learningRate.rateText), reached after \(start.warmUp.groupedText) steps")
    try Terminal.output.writeLines([""] + header)
  }

  func record(_ epoch: TrainingEpoch) throws {
    try Terminal.output.writeLine(
      table.line(
        [
          "\(epoch.epoch)", epoch.loss.text(places: 4), epoch.accuracy.percentText(), epoch.testLoss.text(places: 4),
          epoch.testAccuracy.percentText(),
        ] + (showsOverlap ? [epoch.testOverlap?.text(places: 4) ?? ""] : []) + [
          epoch.imagesPerSecond.groupedText, epoch.seconds.clockText,
        ]))
  }

  func end(_ end: TrainingEnd) throws {
    var lines = [""] + end.confusion.lines(width: Terminal.output.width)
    lines += ["", "test accuracy     \(end.testAccuracy.percentText())"]
    if let overlap = end.testOverlap { lines.append("test IoU          \(overlap.text(places: 4))") }
    lines += [
      "model             \(end.modelFile)", "confusion matrix  \(end.drawing)", "learning curves   \(end.curves)",
    ]
    try Terminal.output.writeLines(lines)
  }
}

extension Evaluation {
  /// The mean intersection over union, for tasks that are judged by it.
  func overlap(_ task: Architecture.Task) -> Double? {
    switch task {
    case .segmentation: confusion.meanOverlap
    case .localization: boxOverlap
    case .imageClassification, .seriesClassification: nil
    }
  }
}
