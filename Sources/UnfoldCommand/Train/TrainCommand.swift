import ArgumentParser
import Unfold
import UnfoldData
import UnfoldNN

/// `unfold train`: from images to a model file.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network to classify images.",
    discussion: """
      Each epoch is followed by an evaluation on the test images. At the end the model is written as a safetensors \
      file, and the confusion matrix is printed and drawn. Results go to standard output, progress to standard error.
      """)

  @Option(name: .long, help: "\(Architecture.allCases.map(\.rawValue).joined(separator: ", ")).")
  var model = Architecture.lenet.rawValue

  @OptionGroup var data: DataOptions

  @Option(name: .long, help: "The names of the classes of --data, separated by commas. (default: their numbers)")
  var classNames: String?

  @Option(name: .long, help: "How often all images are seen.")
  var epochs = 5

  @Option(name: .long, help: "The images of one step.")
  var batch = 64

  @OptionGroup var optimizer: OptimizerOptions

  @Option(
    name: .long, help: "Change the training images at random: flip, shift (by up to 2 pixels), shift=N, or a list.")
  var augment: String?

  @Option(name: .long, help: "Decides the first weights, the order of the images and the changes to them.")
  var seed: UInt64 = 1

  @Option(name: .long, help: "The number of threads, 1 to \(ExecutionContext.maximumThreads). (default: every core)")
  var threads: Int?

  @Option(name: .long, help: "Train on the first so many images only.")
  var limit: Int?

  @Option(name: .long, help: "The model file. (default: the model's name with .safetensors)")
  var output: String?

  @Option(name: .long, help: "The drawing of the confusion matrix. (default: beside the model file)")
  var svg: String?

  @Option(name: .long, help: "Draw into this folder what `unfold show` draws.")
  var pictures: String?

  @OptionGroup var robustness: RobustnessOptions

  @Flag(name: .long, help: "Print JSON objects, one a line, instead of tables.")
  var json = false

  func run() throws {
    let architecture = try Architecture(named: model)
    guard 1...100_000 ~= epochs else {
      throw CommandError.unexpected("epochs", expected: "1 to 100000", found: "\(epochs)")
    }
    if let limit, limit < 1 { throw CommandError.unexpected("limit", expected: "1 or more", found: "\(limit)") }
    let context = try ExecutionContext.chosen(threads: threads)
    let optimizer = try self.optimizer.optimizer()
    let files = try TrainingFiles(model: output ?? "\(architecture.rawValue).safetensors", drawing: svg)
    let data = try trainingData(architecture.task)
    let schedule = try self.optimizer.schedule(steps: try data.batches(epoch: 1).count * epochs)

    var generator = SeededGenerator(seed: seed)
    let network: Network<Float> = try architecture.network(
      input: data.inputShape, classes: data.classNames.count, using: &generator)
    let card = try ModelCard(
      architecture: architecture, inputShape: network.inputShape, classes: data.classNames,
      mean: data.mean, standardDeviation: data.standardDeviation)
    let trainer = try Trainer(
      network, objective: architecture.task.objective(smoothing: robustness.labelSmoothing), optimizer: optimizer,
      schedule: schedule, clipping: robustness.clipping(), averageDecay: robustness.average, context: context)
    let trained = TrainedModel(card: card, network: network)
    let pictures = try self.pictures.map {
      try ModelPictures(
        trained, path: files.model.path, selection: PictureSelection(folder: $0), data: self.data, context: context)
    }
    let plan = TrainingPlan(
      task: architecture.task, data: data, epochs: epochs,
      checkpoints: CheckpointFolder(path: robustness.checkpoints ?? files.checkpoints),
      checkpointSteps: robustness.checkpointEvery, options: fingerprint(data))

    let journal: any TrainingJournal = json ? JSONJournal() : TableJournal(architecture.task)
    try journal.begin(
      TrainingStart(
        model: architecture.rawValue, parameters: network.parameterCount, trainingImages: data.trainingCount,
        testImages: data.testCount, threads: context.threads, machine: .current))
    if robustness.resume { try plan.resume(trainer) }
    Interruption.watch()
    let evaluation = try plan.run(trainer, journal: journal)
    let confusion = try ConfusionReport(evaluation.confusion, labels: data.classNames)
    try withJudgedWeights(of: trainer) { try trained.write(to: files.model.path) }
    try files.drawing.write(
      confusion.svg(title: "\(architecture.rawValue) after \(epochs) epoch\(epochs == 1 ? "" : "s")"))
    plan.checkpoints.remove()
    try journal.end(
      TrainingEnd(
        testLoss: evaluation.loss, testAccuracy: evaluation.accuracy,
        testOverlap: evaluation.overlap(architecture.task),
        modelFile: files.model.path,
        drawing: files.drawing.path, confusion: confusion))
    try withJudgedWeights(of: trainer) {
      for picture in try pictures?.draw() ?? [] where !json {
        Terminal.output.writeLine("picture           \(picture.path)")
      }
    }
  }

  /// Calls `body` while the network has the weights that were judged: the averages, where they are kept.
  private func withJudgedWeights(of trainer: Trainer<Float>, _ body: () throws -> Void) throws {
    if let average = trainer.average { try average.withAverages(body) } else { try body() }
  }

  private func trainingData(_ task: Architecture.Task) throws -> any TrainingData {
    if task == .seriesClassification {
      return ClassifiedSeries(data: try data.loadSeries(), batch: batch, seed: seed)
    }
    let images = try data.load(classNames: classNames?.split(separator: ",").map(String.init))
    switch task {
    case .segmentation, .localization:
      return try ComposedScenes(
        images, isSegmentation: task == .segmentation, count: limit ?? 6000, batch: batch, seed: seed)
    case .imageClassification, .seriesClassification:
      return ClassificationImages(
        data: images, training: limit.map(images.training.prefix) ?? images.training,
        augmentation: try Augmentation(list: augment ?? ""), batch: batch, seed: seed)
    }
  }

  private func fingerprint(_ data: any TrainingData) -> TrainingFingerprint {
    TrainingFingerprint(options: [
      "model": model, "epochs": "\(epochs)", "batch": "\(batch)", "seed": "\(seed)", "augment": augment ?? "",
      "rotated": "\(self.data.rotated)",
      "limit": "\(data.trainingCount)", "optimiser": optimizer.summary, "clip": "\(robustness.clip ?? 0)",
      "label-smoothing": "\(robustness.labelSmoothing)", "average": "\(robustness.average ?? 0)",
    ])
  }
}
