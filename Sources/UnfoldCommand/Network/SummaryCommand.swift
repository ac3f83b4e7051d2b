import ArgumentParser
import Unfold
import UnfoldNN

/// `unfold summary`: a network in numbers.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "List a network's layers with their shapes, parameters and operations.",
    discussion: """
      Operations are the multiplications and additions of a forward pass for one sample, two for each weight and output \
      that it takes part in. The memory holds all values and gradients of a pass, for a batch; the number after it is \
      the least that any layout needs. Nothing is allocated, and no weights are made.
      """)

  @OptionGroup var network: NetworkOptions

  @Option(name: .long, help: "The samples of a pass, for its memory.")
  var batch = 1

  @Flag(name: .long, help: "Print one JSON object instead of a table.")
  var json = false

  func run() throws {
    guard batch >= 1 else { throw CommandError.usage("--batch", expected: "1 or more", found: "\(batch)") }
    let choice = try network.choice()
    let report = try SummaryReport(choice, batch: batch)
    try Terminal.output.write(report, asJSON: json)
  }
}
