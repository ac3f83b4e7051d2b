import ArgumentParser
import Unfold
import UnfoldNN

/// `unfold show`: pictures of what a saved model has learned and of what it does with test images.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Draw what a saved model has learned, and where it errs.",
    discussion: """
      filters: those of the first convolution, a PNG. Each has a scale of its own. One channel is shown from blue \
      (negative) over white to red, three as red, green and blue, any other number by the mean; for networks of series \
      there is a row for each channel.
      maps: the outputs of the first activations, or of the nodes of --node, for a test image: a PNG for each node with \
      the image at the left. Each map goes from 0 in black to its largest value in white; nodes with values below 0 \
      are in signed colours.
      mistakes: the misclassified test images with the highest confidence, for classifiers of images, an SVG.
      scenes: test scenes with the truth and the prediction, for segmentation and detection, an SVG.
      """)

  @Argument(help: "A safetensors file that `unfold train` wrote.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @OptionGroup var data: DataOptions

  @Option(
    name: .long,
    help:
      "Only these: \(PictureKind.allCases.map(\.rawValue).joined(separator: ", ")), or a list. (default: all that fit)")
  var only: String?

  @Option(name: .long, help: "The test image, or scene, whose maps are drawn, from 0. (default: 0)")
  var image: Int?

  @Option(name: .long, help: "The node whose maps are drawn, or a list. (default: the first four activations)")
  var node: String?

  @Option(name: .long, help: "The most mistakes or scenes that are drawn.")
  var count: Int?

  @Option(name: .long, help: "The folder of the pictures, made where it is missing. (default: beside the model)")
  var folder: String?

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let context = try threads.context()
    if let count, !(1...1000 ~= count) {
      throw CommandError.usage("--count", expected: "1 to 1000", found: "\(count)")
    }
    let selection = PictureSelection(
      folder: folder, kinds: try only.map(Self.kinds), image: image,
      nodes: node?.split(separator: ",").map(String.init), count: count)
    Interruption.watch()
    let trained = try TrainedModel<Float>(path: model)
    try selection.requireUse(of: data, for: trained.card)
    let pictures = try ModelPictures(trained, path: model, selection: selection, data: data, context: context)
    defer { pictures.leave() }
    let progress = ProgressDisplay()
    defer { progress.hide() }
    let drawn = try pictures.draw { fraction in
      if progress.isInteractive { progress.update("test images", fraction: fraction) }
    }
    progress.hide()
    var table = TextTable([.init("picture", .left), .init("shows", .left)])
    for picture in drawn { table.append([picture.path, picture.shows]) }
    // Sentences are continued below each other, as far to the right as there is room for it.
    let (width, indent) = (Terminal.output.width, table.width - table.columns[1].width)
    try Terminal.output.writeLines(
      table.header.map { $0.prefix(columns: width) }
        + table.rows.map(table.line).flatMap { $0.wrapped(to: width, indent: min(indent, width / 2)) })
  }

  /// - Throws: ``CommandError/usage(_:expected:found:)`` for a kind that does not exist.
  private static func kinds(_ list: String) throws(CommandError) -> [PictureKind] {
    var kinds: [PictureKind] = []
    for name in list.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      guard let kind = PictureKind(rawValue: name) else {
        throw .usage(
          "--only", expected: PictureKind.allCases.map(\.rawValue).joined(separator: ", "), found: name)
      }
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds
  }
}
