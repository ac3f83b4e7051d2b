import ArgumentParser
import Glibc
import Unfold
import UnfoldImages
import UnfoldNN

/// `unfold predict`: the classes of image files.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Classify image files with a saved model.",
    discussion: "The model file holds the architecture, the names of the classes, and how images are prepared.")

  @Argument(help: "A safetensors file that `unfold train` wrote.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Argument(help: "JPEG, PNG, WebP, BMP or PPM files, or folders of them; - for an image from standard input.")
  var images: [String]

  @Option(name: .long, help: "The classes that are shown for an image, the most probable first.")
  var top = 1

  @Option(name: .long, help: "The images that are classified at a time.")
  var batch = 32

  @Option(name: .long, help: "What is done with an image that cannot be read: stop or skip.")
  var onBadImage = BadImagePolicy.stop

  @OptionGroup var execution: ContextOptions

  @Flag(name: .long, help: "Print one JSON object instead of a table.")
  var json = false

  func run() throws {
    let context = try execution.context()
    guard batch >= 1 else { throw CommandError.usage("--batch", expected: "1 or more", found: "\(batch)") }
    guard top >= 1 else { throw CommandError.usage("--top", expected: "1 or more", found: "\(top)") }
    Interruption.watch()
    let model = try TrainedModel<Float>(path: self.model)
    let card = model.card
    guard card.task == .imageClassification else {
      throw CommandError.unexpected(
        self.model, expected: "a model that classifies images", found: card.name)
    }
    let files = try ImageFiles(
      paths: images, input: images.contains(ImageFiles.standardInput) ? try standardInput() : [], onBadImage: onBadImage
    )
    for error in files.skipped { Terminal.error.writeLine("unfold: warning: left out: \(error)") }
    // An image that is damaged further on stops: another in its place would have a name that is not its own.
    var options = try ImageLoaderOptions(card: card, batch: batch, onBadImage: .stop)
    options.threads = min(context.threads, 256)
    let loader = try ImageLoader(files, options: options)
    let source = LoaderBatches(loader: loader, epoch: 0)
    var predictions: [Prediction] = []
    var samples = try TrainingBatch<Float>()
    for index in 0..<source.count {
      try Interruption.check()
      try source.fill(index, into: &samples)
      let logits = try model.network.forward(samples.samples, context: context)
      for row in 0..<samples.labels.count {
        predictions.append(
          Prediction(
            image: files.name(of: predictions.count), logits: logits, row: row, classNames: card.classes, top: top))
      }
    }
    try Terminal.output.write(PredictionReport(model: self.model, predictions: predictions), asJSON: json)
  }

  /// All of standard input.
  ///
  /// - Throws: ``CommandError/unexpected(_:expected:found:)`` for more than an image can have.
  private func standardInput() throws(CommandError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = piece.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw .unexpected("standard input", expected: "an image", found: String(cString: strerror(errno)))
      }
      if count == 0 { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= 1 << 30 else {
        throw .unexpected("standard input", expected: "an image of at most 1 GiB", found: "more")
      }
    }
  }
}

/// The most probable classes of an image.
struct Prediction: Encodable {
  struct Class: Encodable {
    var name: String
    var probability: Double
  }

  var image: String
  var classes: [Class]

  /// - Parameters:
  ///   - logits: `[N, classes]`.
  ///   - row: The image's row.
  init(image: String, logits: Tensor<Float>, row: Int, classNames: [String], top: Int) {
    let values = logits.withUnsafeBufferPointer { all in
      all[row * classNames.count..<(row + 1) * classNames.count].map { Double($0) }
    }
    // The softmax; without the largest logit taken off, the exponential overflows.
    let largest = values.max() ?? 0
    let powers = values.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    let order = powers.indices.sorted { powers[$0] > powers[$1] || (powers[$0] == powers[$1] && $0 < $1) }
    self.image = image
    classes = order.prefix(top).map { Class(name: classNames[$0], probability: powers[$0] / sum) }
  }
}

/// The whole output of `unfold predict`.
struct PredictionReport: CommandReport {
  var model: String
  var predictions: [Prediction]

  func lines(width: Int) -> [String] {
    var table = TextTable([
      .init("image", .left, isCut: true), .init("class", .left, isCut: true), .init("probability"),
    ])
    for prediction in predictions {
      for (place, found) in prediction.classes.enumerated() {
        table.append([place == 0 ? prediction.image : "", found.name, found.probability.percentText()])
      }
    }
    return table.fitted(to: width).lines
  }
}
