import ArgumentParser
import Unfold
import UnfoldNN

/// `unfold models`: the networks that can be trained by name.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the networks of --model with their parameters and operations.",
    discussion: """
      For the inputs and classes that each network was made for; `unfold summary --model NAME --input HxWxC --classes K` \
      says it for others. Operations are the multiplications and additions of a forward pass for one sample.
      """)

  @Flag(name: .long, help: "Print one JSON object instead of a table.")
  var json = false

  func run() throws {
    try Terminal.output.write(ModelsReport(models: try Architecture.allCases.map(ModelsReport.Row.init)), asJSON: json)
  }
}

/// The whole output of `unfold models`.
struct ModelsReport: CommandReport {
  struct Row: Encodable {
    var name, task: String
    var input: [Int]
    var classes, parameters: Int
    /// For one sample.
    var operations: Double

    init(_ architecture: Architecture) throws {
      name = architecture.rawValue
      task = architecture.task.rawValue
      input = architecture.usualInput.extents
      classes = architecture.usualClasses
      let summary = try architecture.graph(input: architecture.usualInput, classes: classes).summary
      (parameters, operations) = (summary.parameters, summary.operations)
    }
  }

  var models: [Row]

  func lines(width: Int) -> [String] {
    var table = TextTable([
      .init("model", .left), .init("task", .left, isCut: true), .init("input"), .init("classes"), .init("parameters"),
      .init("MFLOP"),
    ])
    for model in models {
      table.append([
        model.name, model.task, model.input.map(String.init).joined(separator: "x"), "\(model.classes)",
        model.parameters.groupedText, (model.operations / 1e6).groupedText,
      ])
    }
    return table.fitted(to: width).lines
  }
}
