import ArgumentParser
import Unfold
import UnfoldNN

/// `unfold accuracy`: the rounding errors of every algorithm.
struct AccuracyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accuracy",
    abstract: "Measure the rounding errors of every algorithm of convolutions.",
    discussion: """
      Each algorithm runs in single precision, and its results are compared with those in double precision: worst error \
      and root mean square error, relative to the root mean square of the result. Shapes of files get random numbers: \
      inputs like the output of a relu, filters by He's rule, normal gradients. The 3x3 convolutions of stride 1 of a \
      model get the weights, activations and gradients of a training step on \(AccuracyCase.modelBatch) test images.
      """)

  @Option(
    name: .long, parsing: .upToNextOption,
    help: "Files of convolutions in benchdnn's syntax. (default: those in Benchmarks/Shapes)")
  var shapes: [String] = []

  @Option(name: .long, parsing: .upToNextOption, help: "Safetensors files that `unfold train` wrote.")
  var model: [String] = []

  @OptionGroup var data: DataOptions

  @Option(name: .long, help: "The images of every shape. (default: 1)")
  var batch: Int?

  @Option(name: .long, help: "Only the convolutions whose name contains this.")
  var only: String?

  @OptionGroup var threads: ThreadOptions

  @Option(name: .long, help: "Measure nothing: write the numbers into this folder, for Benchmarks/peers/accuracy.py.")
  var export: String?

  @Option(name: .long, help: "PyTorch's errors on the same numbers, from Benchmarks/peers/accuracy.py.")
  var peer: String?

  @Option(name: .long, help: "Write every error of every convolution to this file.")
  var output: String?

  @Flag(name: .long, help: "Print one JSON object, what --output writes, instead of a table.")
  var json = false

  @Option(name: .long, help: "Replace the section between the marks `errors` in this Markdown file.")
  var document: String?

  private static let mark = MarkedSection(name: "errors")

  func run() throws {
    let context = try threads.context()
    try requireUse()
    let folder = try export.map { path throws(CommandError) in try AccuracyExport(path) }
    defer { folder?.leave() }
    let peer = try peer.map { path throws(CommandError) in try PeerAccuracy(path: path) }
    let file = try output.map { path throws(CommandError) in try OutputFile(path) }
    let page = try document.map { path throws(CommandError) in
      (file: try OutputFile(path), text: try InputFile(path).text())
    }
    let inputs: [String?] = shapes + model
    try file?.requireOther("--output", than: inputs + [self.peer])
    try page?.file.requireOther("--document", than: inputs + [self.peer, file?.path])
    // Missing marks are reported before the work and not after.
    if let page { _ = try Self.mark.replaced(in: page.text, by: "", path: page.file.path) }
    let cases = try selectedCases(context)

    let progress = ProgressDisplay()
    defer { progress.hide() }
    var samples: [AccuracySample] = []
    let total = cases.reduce(0) { $0 + $1.geometry.operations }
    var done = 0.0
    for (number, item) in cases.enumerated() {
      progress.update("\(item.data) \(item.name)", phase: "accuracy", fraction: done / total)
      if let folder {
        try folder.write(number, item)
      } else {
        samples += try item.samples(context: context)
      }
      done += item.geometry.operations
    }
    progress.hide()
    if let folder {
      return try Terminal.output.writeLine("wrote \(counted(cases.count, "convolution")) to \(folder.folder)")
    }

    if let peer, peer.add(to: &samples) == 0 {
      throw CommandError.unexpected(
        "--peer", expected: "errors on these numbers", found: "\(counted(peer.cases.count, "other"))")
    }
    let report = AccuracyReport(
      machine: .current, date: timestamp(), versions: peer?.versions ?? [:], samples: samples)
    let (jsonReport, section) = (try jsonText(report), report.markdown)
    try Terminal.output.write(report, asJSON: json)
    try file?.write(jsonReport)
    if let page { try page.file.write(Self.mark.replaced(in: page.text, by: section, path: page.file.path)) }
  }

  /// - Throws: ``CommandError/usage(message:)`` for options that cannot be combined.
  private func requireUse() throws(CommandError) {
    guard export == nil || (peer ?? output ?? document) == nil else {
      throw .usage("--export", expected: "no --peer, --output or --document beside it", found: "one of them")
    }
    guard !model.isEmpty || (data.data == nil && !data.rotated) else {
      throw .usage(data.data == nil ? "--rotated" : "--data", expected: "--model beside it", found: "shapes alone")
    }
    guard batch == nil || model.isEmpty || !shapes.isEmpty else {
      throw .usage("--batch", expected: "--shapes beside it", found: "models alone")
    }
  }

  private func selectedCases(_ context: ExecutionContext) throws -> [AccuracyCase] {
    // Models alone if no shapes are given.
    let files = shapes.isEmpty && model.isEmpty ? try AccuracyCase.defaultShapeFiles() : shapes
    var cases = try files.flatMap { try AccuracyCase.cases(ofShapes: $0, batch: batch ?? 1) }
    for path in model { cases += try AccuracyCase.cases(ofModel: path, data: data, context: context) }
    if let only { cases = cases.filter { $0.name.contains(only) } }
    guard !cases.isEmpty else {
      throw CommandError.usage("--only", expected: "part of a convolution's name", found: "\"\(only ?? "")\"")
    }
    return cases
  }
}
