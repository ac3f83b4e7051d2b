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

  @Option(name: .long, help: "\(Architecture.allCases.map(\.rawValue).joined(separator: " or ")).")
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

  @Flag(name: .long, help: "Print JSON objects, one a line, instead of tables.")
  var json = false

  func run() throws {
    let architecture = try Architecture(named: model)
    guard 1...100_000 ~= epochs else {
      throw CommandError.unexpected("epochs", expected: "1 to 100000", found: "\(epochs)")
    }
    if let limit, limit < 1 { throw CommandError.unexpected("limit", expected: "1 or more", found: "\(limit)") }
    let augmentation = try Augmentation(list: augment ?? "")
    let context = try ExecutionContext.chosen(threads: threads)
    let optimizer = try self.optimizer.optimizer()
    let files = try TrainingFiles(model: output ?? "\(architecture.rawValue).safetensors", drawing: svg)

    let data = try data.load(classNames: classNames?.split(separator: ",").map(String.init))
    let plan = TrainingPlan(
      training: limit.map(data.training.prefix) ?? data.training, test: data.test, normalization: data.normalization,
      augmentation: augmentation, batch: batch, seed: seed, epochs: epochs)
    let schedule = try self.optimizer.schedule(steps: try plan.stepsPerEpoch() * epochs)

    var generator = SeededGenerator(seed: seed)
    let network: Sequential<Float> = try architecture.network(
      input: Shape(Array(data.training.batchShape(1).extents.dropFirst())), classes: data.classNames.count,
      using: &generator)
    let card = try ModelCard(
      architecture: architecture, inputShape: network.inputShape, classes: data.classNames,
      mean: data.normalization.mean, standardDeviation: data.normalization.standardDeviation)
    let trainer = Trainer(network, optimizer: optimizer, schedule: schedule, context: context)

    let journal: any TrainingJournal = json ? JSONJournal() : TableJournal()
    try journal.begin(
      TrainingStart(
        model: architecture.rawValue, parameters: network.parameterCount, trainingImages: plan.training.count,
        testImages: plan.test.count, threads: context.threads, machine: .current))
    Interruption.watch()
    let evaluation = try plan.run(trainer, journal: journal)
    let confusion = try ConfusionReport(evaluation.confusion, labels: data.classNames)
    try Interruption.check()
    try TrainedModel(card: card, network: network).write(to: files.model.path)
    try files.drawing.write(
      confusion.svg(title: "\(architecture.rawValue) after \(epochs) epoch\(epochs == 1 ? "" : "s")"))
    try journal.end(
      TrainingEnd(
        testLoss: evaluation.loss, testAccuracy: evaluation.accuracy, modelFile: files.model.path,
        drawing: files.drawing.path, confusion: confusion))
  }
}
