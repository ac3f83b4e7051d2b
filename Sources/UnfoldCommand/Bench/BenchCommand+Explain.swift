import Unfold

extension BenchCommand {
  /// Says how each convolution is computed, and why.
  ///
  /// - Throws: ``CommandError/usage(_:expected:found:)`` for a file without convolutions.
  func writeExplanations(_ list: BenchList, _ directions: [PassDirection], context: ExecutionContext) throws {
    for line in list.skipped { try Terminal.output.writeParagraph(line) }
    for item in list.cases {
      guard let geometry = item.convolution else {
        throw CommandError.usage("--explain", expected: "a file of convolutions", found: shapes ?? "none")
      }
      for direction in directions {
        let explanation = geometry.explanation(
          for: direction.convolution, accuracy: accuracy, threads: context.threads)
        try Terminal.output.writeLines(
          lines(explanation, title: "\(item.label) \(direction.rawValue), \(geometry)", threads: context.threads))
      }
    }
  }

  private func lines(_ explanation: MethodExplanation, title: String, threads: Int) -> [String] {
    let bytes = Double(explanation.workspaceBytes) / 1e6
    let facts =
      [("method", explanation.method), ("why", explanation.reason)] + explanation.facts.map { ($0.name, $0.value) }
      + [("scratch", "\(bytes.text(places: 2)) MB on \(threadText(threads))")]
    let width = facts.map(\.0.columns).max() ?? 0
    return title.printable.wrapped(to: Terminal.output.width)
      + facts.flatMap { name, value in
        "  \(name.left(width))  \(value)".wrapped(to: Terminal.output.width, indent: width + 4)
      } + [""]
  }
}
