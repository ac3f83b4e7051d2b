import ArgumentParser
import Unfold
import UnfoldData
import UnfoldNN

/// `unfold evaluate`: a saved model on test images.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluate a saved model on test images.",
    discussion: "The model file holds the architecture, the normalisation of pixels and the names of the classes.")

  @Argument(help: "A safetensors file that `unfold train` wrote.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @OptionGroup var data: DataOptions

  @Option(name: .long, help: "The images that are classified at a time.")
  var batch = 64

  @OptionGroup var execution: ContextOptions

  @Option(name: .long, help: "Draw the confusion matrix into this file.")
  var svg: String?

  @Flag(name: .long, help: "Print one JSON object instead of tables.")
  var json = false

  func run() throws {
    let context = try execution.context()
    guard batch >= 1 else { throw CommandError.usage("--batch", expected: "1 or more", found: "\(batch)") }
    Interruption.watch()
    let drawing = try svg.map { try OutputFile($0) }
    try drawing?.requireOther("--svg", than: [self.model])
    let model = try TrainedModel<Float>(path: self.model)
    let card = model.card
    let batches = try data.testBatches(for: card, batch: batch)

    // The optimiser is not used: an evaluation changes nothing.
    let trainer = try Trainer(
      model.network, objective: card.task.objective(), optimizer: try GradientDescent<Float>(),
      schedule: try Schedule(rate: 0), context: context)
    let progress = ProgressDisplay()
    defer { progress.hide() }
    let evaluation = try trainer.evaluate(
      on: WatchedBatches(batches: batches) { index in
        progress.update("evaluate", fraction: Double(index) / Double(batches.count))
      })
    progress.hide()

    let confusion = try ConfusionReport(evaluation.confusion, labels: card.classes)
    try drawing?.write(confusion.svg(title: "\(self.model)"))
    let report = EvaluationReport(
      model: self.model, architecture: card.name, images: evaluation.samples,
      loss: evaluation.loss, accuracy: evaluation.accuracy,
      topFiveAccuracy: card.classes.count > 5 ? evaluation.topFiveAccuracy : nil,
      overlap: evaluation.overlap(card.task),
      imagesPerSecond: evaluation.imagesPerSecond,
      threads: context.threads, drawing: drawing?.path, confusion: confusion)
    try Terminal.output.write(report, asJSON: json)
  }
}

/// The whole output of `unfold evaluate`.
struct EvaluationReport: CommandReport {
  var model, architecture: String
  var images: Int
  var loss, accuracy: Double
  /// The share of images whose class is among the five most probable; nil for five classes or fewer.
  var topFiveAccuracy: Double?
  /// The mean intersection over union: of pixels for segmentation, of boxes for localisation.
  var overlap: Double?
  var imagesPerSecond: Double
  var threads: Int
  var drawing: String?
  var confusion: ConfusionReport

  func lines(width: Int) -> [String] {
    var lines = [
      "", "model             \(model) (\(architecture))",
      "test images       \(images.groupedText) at \(imagesPerSecond.groupedText) images/s",
      "test loss         \(loss.text(places: 4))", "test accuracy     \(accuracy.percentText())",
    ]
    if let topFiveAccuracy { lines.append("among five        \(topFiveAccuracy.percentText())") }
    if let overlap { lines.append("test IoU          \(overlap.text(places: 4))") }
    if let drawing { lines.append("confusion matrix  \(drawing)") }
    return confusion.lines(width: width) + lines
  }
}
