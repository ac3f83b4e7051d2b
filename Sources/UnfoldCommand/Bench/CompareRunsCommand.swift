import ArgumentParser

/// `unfold compare-runs`: what became faster or slower between two runs of `unfold bench`.
struct CompareRunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-runs",
    abstract: "Compare two runs of bench, shape by shape.",
    discussion: """
      "speedup" is the first run's median time over the second's. It lies within the interval with a probability of 95 %; \
      where the interval holds 1, the runs cannot be told apart. Machines drift: for small differences, let runs of both \
      programs alternate and compare more than one pair.
      """)

  @Argument(help: "The first run, written by bench --output.")
  var first: String

  @Argument(help: "The second run.")
  var second: String

  @Option(
    name: .long,
    help: "Fail, with exit status 1, if a pass is slower by more than so many percent, beyond its interval.")
  var limit: Double?

  @Option(name: .long, help: "Write the comparison to this file.")
  var output: String?

  @Flag(name: .long, help: "Print one JSON object instead of a table.")
  var json = false

  func run() throws {
    if let limit, !(limit >= 0 && limit <= 1000) {
      throw CommandError.usage("--limit", expected: "0 to 1000", found: limit.messageText)
    }
    let file = try output.map { try OutputFile($0) }
    try file?.requireOther("--output", than: [first, second])
    let comparison = RunComparison(try Self.report(first), try Self.report(second))
    guard !comparison.rows.isEmpty else {
      throw CommandError.usage(second, expected: "a pass that \(first) has too", found: "none")
    }
    if json {
      try Terminal.output.writeJSON(comparison)
    } else {
      try Terminal.output.writeLines(RunTable(comparison, width: Terminal.output.width).lines)
    }
    try file?.write(try jsonText(comparison) + "\n")
    guard let limit else { return }
    let slower = comparison.rows.filter { $0.high < 1 / (1 + limit / 100) }
    if let worst = slower.min(by: { $0.ratio < $1.ratio }) {
      throw CommandError.failed(
        "\(slower.count) of \(comparison.rows.count) passes are slower by more than \(limit.text(places: 1)) %, "
          + "at worst \(worst.name) \(worst.direction.rawValue), \(worst.ratio.text(places: 2)) times as fast")
    }
  }

  private static func report(_ path: String) throws(CommandError) -> SpeedReport {
    guard case .shapes(let report) = try BenchFile(path: path) else {
      throw .file(path: path, reason: "expected a run over shapes, found one of a network")
    }
    return report
  }
}
