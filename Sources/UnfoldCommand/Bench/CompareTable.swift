/// What `unfold compare` prints.
struct CompareTable {
  private let table: TextTable
  private let labelWidth: Int

  init(labelWidth: Int, threads: [Int]) {
    self.labelWidth = labelWidth
    table = TextTable(
      [
        TextTable.Column("shape", .left, width: labelWidth), TextTable.Column("direction", .left),
        TextTable.Column("naive GFLOP/s"),
      ]
        + threads.flatMap { count in
          [TextTable.Column("\(threadText(count)) GFLOP/s"), TextTable.Column("times naive")]
        })
  }

  var header: [String] { table.header }

  /// One pass of one shape: a cell for each number of threads.
  func line(_ cells: [Comparison.Cell]) -> String {
    guard let first = cells.first else { return "" }
    return table.line(
      [first.name, first.direction, first.rate(.naive)?.text(places: 2) ?? ""]
        + cells.flatMap { cell in
          [cell.rate(.unfold)?.text(places: 1) ?? "", cell.ratio(to: .naive)?.text(places: 0) ?? ""]
        })
  }

  /// One sentence.
  func line(_ summary: RatioSummary) -> String {
    "\(summary.family.title), \(summary.pass), \(threadText(summary.threads)): "
      + "\(summary.geometricMean.text(places: 0)) times the naive loops in geometric mean, "
      + "\(summary.minimum.text(places: 0)) at least"
  }
}
