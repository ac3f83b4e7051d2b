import ArgumentParser
import Unfold
import UnfoldData
import UnfoldNN
import UnfoldTensorBoard

/// `unfold train`: from images to a model file.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network to classify images.",
    discussion: """
      Each epoch is followed by an evaluation on the test images, and the learning curves are drawn. At the end the \
      model is written as a safetensors file, and the confusion matrix is printed and drawn. Results go to standard \
      output, progress to standard error.
      """)

  @OptionGroup var task: TaskOptions

  @Option(name: .long, help: "The number of epochs, passes over all images.")
  var epochs = 5

  @OptionGroup var optimizer: OptimizerOptions
  @OptionGroup var schedule: ScheduleOptions

  @Option(name: .long, help: "The model file. (default: the model's name with .safetensors)")
  var output: String?

  @Option(name: .long, help: "The drawing of the confusion matrix. (default: beside the model file)")
  var svg: String?

  @Option(name: .long, help: "Draw into this folder what `unfold show` draws.")
  var pictures: String?
  @Option(
    name: .long, help: "The drawing of the learning curves, new after each epoch. (default: beside the model file)")
  var curves: String?

  @OptionGroup var log: LogOptions
  @OptionGroup var robustness: RobustnessOptions

  @Flag(name: .long, help: "Print JSON objects, one a line, instead of tables.")
  var json = false

  func run() throws {
    let architecture = try task.architecture()
    guard 1...100_000 ~= epochs else {
      throw CommandError.usage("--epochs", expected: "1 to 100000", found: "\(epochs)")
    }
    let context = try task.execution.context()
    let optimizer = try self.optimizer.optimizer()
    try robustness.check()
    Interruption.watch()
    let files = try TrainingFiles(model: output ?? "\(architecture.rawValue).safetensors", drawing: svg, curves: curves)
    let table = try log.table(besides: [files.model.path, files.drawing.path, files.curves.path])
    let checkpoints = try CheckpointFolder(path: robustness.checkpoints ?? files.checkpoints, mark: files.checkpoints)
    defer { checkpoints.leave() }
    try checkpoints.requireFree(resumes: robustness.resume, discards: robustness.discard)
    let data = try task.data(for: architecture.task)
    let network = try task.network(architecture, for: data)
    try data.requireBatches(for: network.graph, batch: task.batch)
    let schedule = try self.schedule.schedule(
      steps: try data.batches(epoch: 1).count * epochs, for: self.optimizer.method, of: network.graph)

    let card = try ModelCard(
      architecture: architecture, inputShape: network.inputShape, classes: data.classNames,
      mean: data.mean, standardDeviation: data.standardDeviation, preparation: data.preparation)
    let trainer = try Trainer(
      network, objective: architecture.task.objective(smoothing: robustness.labelSmoothing), optimizer: optimizer,
      schedule: schedule, clipping: robustness.clipping(), averageDecay: robustness.average, context: context)
    let trained = TrainedModel(card: card, network: network)
    let pictures = try self.pictures.map {
      try ModelPictures(
        trained, path: files.model.path, selection: PictureSelection(folder: $0), data: task.files, context: context)
    }
    defer { pictures?.leave() }
    let fingerprint = self.fingerprint(architecture, network, data, trainer.schedule)
    var plan = TrainingPlan(
      task: architecture.task, data: data, epochs: epochs, checkpoints: checkpoints,
      checkpointSteps: robustness.checkpointEvery, fingerprint: fingerprint,
      curves: files.curves, table: table,
      title: architecture.rawValue)
    if robustness.resume {
      if checkpoints.names.isEmpty { try fingerprint.requireUnfinished(model: files.model.path) }
      try plan.resume(trainer)
    }
    try Interruption.check()
    try checkpoints.begin(bytes: checkpointBytes(of: network), discards: robustness.discard)

    let board = try log.tensorboard.map { folder throws(EventFileError) in
      try TensorBoardLog(folder: folder, graph: network.graph, options: fingerprint.options)
    }
    plan.board = board
    let journal = PatientJournal(json ? JSONJournal() : TableJournal(architecture.task))
    journal.begin(
      TrainingStart(
        model: architecture.rawValue, parameters: network.parameterCount, trainingImages: data.trainingCount,
        testImages: data.testCount, learningRate: schedule.rate, warmUp: schedule.warmUp, threads: context.threads,
        machine: .current))
    let end = try plan.run(trainer, journal: journal) { evaluation in
      let confusion = try ConfusionReport(evaluation.confusion, labels: data.classNames)
      try withJudgedWeights(of: trainer) {
        try trained.write(to: files.model.path, metadata: fingerprint.metadata)
        try board?.end(
          trained.testPictures(data.testBatches(), context: context),
          tag: architecture.task == .segmentation ? "scenes" : "mistakes", steps: trainer.steps)
      }
      try files.drawing.write(
        confusion.svg(title: "\(architecture.rawValue) after \(epochs) epoch\(epochs == 1 ? "" : "s")"))
      return TrainingEnd(
        testLoss: evaluation.loss, testAccuracy: evaluation.accuracy,
        testOverlap: evaluation.overlap(architecture.task),
        modelFile: files.model.path,
        drawing: files.drawing.path, curves: files.curves.path,
        warnings: trainer.learningWarnings, confusion: confusion)
    }
    journal.end(end)
    for warning in end.warnings { Terminal.error.writeLine("unfold: warning: \(warning)") }
    for image in data.leftOut { Terminal.error.writeLine("unfold: warning: left out: \(image)") }
    let drawn = try pictures.map { pictures in try withJudgedWeights(of: trainer) { try pictures.draw() } } ?? []
    try journal.finish()
    if !json { try Terminal.output.writeLines(drawn.map { "picture           \($0.path)" }) }
  }

  /// Calls `body` while the network has the weights that were evaluated: the averages, if they are kept.
  private func withJudgedWeights<Result>(of trainer: Trainer<Float>, _ body: () throws -> Result) throws -> Result {
    if let average = trainer.average { try average.withAverages(body) } else { try body() }
  }

  private func fingerprint(
    _ architecture: Architecture, _ network: Network<Float>, _ data: any TrainingData, _ schedule: Schedule
  ) -> TrainingFingerprint {
    // Default values depend on the version.
    let rates = "\(schedule.rate) at most, after \(schedule.warmUp) steps, then \(schedule.decay)"
    return TrainingFingerprint(
      options: [
        "model": architecture.rawValue, "epochs": "\(epochs)", "batch": "\(task.batch)", "seed": "\(task.seed)",
        "augment": task.augment ?? "", "rotated": "\(task.files.rotated)", "limit": "\(data.trainingCount)",
        "optimiser": optimizer.summary(self.schedule), "clip": "\(robustness.clip ?? 0)",
        "accuracy": "\(task.execution.accuracy)",
        "label-smoothing": "\(robustness.labelSmoothing)", "average": "\(robustness.average ?? 0)",
      ].merging(task.imageFingerprint(of: data)) { $1 }.merging(task.fineTuning.fingerprint) { $1 },
      facts: data.identity.merging(["learning rate": rates]) { $1 }.merging(task.fineTuning.facts(of: network)) { $1 })
  }

  /// The size of a checkpoint, to the megabyte.
  private func checkpointBytes(of network: Network<Float>) -> Int {
    let copies = 1 + optimizer.memoryPerWeight + (robustness.average == nil ? 0 : 1)
    let numbers = network.parameters.reduce(0) { $0 + $1.value.count }
    return numbers * copies * MemoryLayout<Float>.stride + 1 << 20
  }
}
