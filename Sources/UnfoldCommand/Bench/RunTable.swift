/// The table that `unfold compare-runs` prints.
struct RunTable {
  private let comparison: RunComparison
  private let width: Int

  /// - Parameter width: The columns of the screen.
  init(_ comparison: RunComparison, width: Int) { (self.comparison, self.width) = (comparison, width) }

  var lines: [String] { passes + [""] + means + notes }

  private var passes: [String] {
    let hasThreads = Set(comparison.rows.map(\.threads)).count > 1
    var table = TextTable(
      [
        TextTable.Column("shape", .left, isCut: true), TextTable.Column("direction", .left),
      ] + (hasThreads ? [TextTable.Column("threads")] : []) + [
        TextTable.Column("first ms"), TextTable.Column("second ms"), TextTable.Column("speedup"),
        TextTable.Column("interval"), TextTable.Column("second is", .left),
      ])
    for row in comparison.rows {
      table.append(
        [row.name, row.direction.rawValue] + (hasThreads ? ["\(row.threads)"] : [])
          + row.medians.map { ($0 * 1000).text(places: 3) } + [
            row.ratio.text(places: 3), "\(row.low.text(places: 2))-\(row.high.text(places: 2))",
            row.verdict == .same ? "" : row.verdict.rawValue,
          ])
    }
    return table.fitted(to: width).lines
  }

  private var means: [String] {
    var table = TextTable(
      [TextTable.Column("direction", .left)]
        + ["passes", "geometric mean", "faster", "slower", "neither"].map { TextTable.Column($0) })
    for direction in PassDirection.allCases {
      let rows = comparison.rows.filter { $0.direction == direction }
      if rows.isEmpty { continue }
      func count(_ verdict: RunComparison.Verdict) -> String { "\(rows.filter { $0.verdict == verdict }.count)" }
      table.append(
        [direction.rawValue, "\(rows.count)", comparison.geometricMean(direction).text(places: 3)]
          + [count(.faster), count(.slower), count(.same)])
    }
    return table.fitted(to: width).lines
  }

  /// What is not the same, or not there.
  private var notes: [String] {
    var sentences = comparison.differences
    for row in comparison.rows where row.algorithms[0] != row.algorithms[1] {
      sentences.append("\(row.name) \(row.direction.rawValue): \(row.algorithms[0]), then \(row.algorithms[1])")
    }
    for (run, names) in zip(["first", "second"], comparison.missing) where !names.isEmpty {
      sentences.append("only the \(run) run has \(names.joined(separator: ", "))")
    }
    return sentences.isEmpty ? [] : [""] + sentences.flatMap { $0.printable.wrapped(to: width, indent: 2) }
  }
}
