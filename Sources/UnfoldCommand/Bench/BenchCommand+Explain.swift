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
        let title = "\(item.label) \(direction.rawValue), \(geometry)"
        try Terminal.output.writeLines(
          ExplanationText(explanation, title: title, threads: context.threads, width: Terminal.output.width).lines)
      }
    }
  }
}

/// What `--explain` says about one pass.
struct ExplanationText {
  private let explanation: MethodExplanation
  private let title: String
  private let threads, width: Int

  /// - Parameter width: The columns of the screen.
  init(_ explanation: MethodExplanation, title: String, threads: Int, width: Int) {
    (self.explanation, self.title, self.threads, self.width) = (explanation, title, threads, width)
  }

  var lines: [String] {
    let bytes = Double(explanation.workspaceBytes) / 1e6
    var facts = [("method", explanation.method), ("why", explanation.reason)] + estimates
    facts += explanation.facts.map { ($0.name, $0.value) }
    facts.append(("scratch", "\(bytes.text(places: 2)) MB on \(threadText(threads))"))
    let names = facts.map(\.0.columns).max() ?? 0
    return title.printable.wrapped(to: width)
      + facts.flatMap { name, value in
        "  \(name.left(names))  \(value)".wrapped(to: width, indent: names + 4)
      } + [""]
  }

  /// The expected cost of each algorithm, the least first.
  private var estimates: [(String, String)] {
    let known = explanation.estimates.filter { $0.cost.isFinite }.sorted { $0.cost < $1.cost }
    guard let least = known.first?.cost else { return [] }
    let others = explanation.estimates.filter { !$0.cost.isFinite }.map { "\($0.algorithm) does not apply" }
    let texts = known.map { estimate in
      "\(estimate.algorithm) \((estimate.cost / 1e6).shortText) (\((estimate.cost / least).percentText(places: 0)))"
    }
    return [("expected cost", "in million multiply-adds: \((texts + others).joined(separator: ", "))")]
  }
}
