import ArgumentParser

/// `unfold curves`: the learning curves of several trainings over each other.
struct CurvesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "curves",
    abstract: "Draw the learning curves of trainings over each other.",
    discussion: """
      The files are those of `unfold train --csv`. Other tables are drawn too, if they have a column `epoch` and one of \
      test_loss, test_accuracy and test_iou.
      """)

  @Argument(help: "One to eight CSV files.", completion: .file(extensions: ["csv"]))
  var files: [String]

  @Option(name: .long, help: "The drawing.")
  var svg = "curves.svg"

  @Option(name: .long, help: "The heading of the drawing.")
  var title = "learning curves"

  func run() throws {
    guard 1...CurveTable.styles.count ~= files.count else {
      throw CommandError.usage(
        "files", expected: "1 to \(CurveTable.styles.count), which can be told apart", found: "\(files.count)")
    }
    let drawing = try OutputFile(svg)
    try drawing.requireOther("--svg", than: files)
    let tables = try files.map { path throws(CommandError) in try CurveTable(path: path) }
    try drawing.write(CurveTable.svg(tables, title: title))
    try Terminal.output.writeLine(drawing.path)
  }
}
