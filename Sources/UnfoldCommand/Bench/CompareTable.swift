/// The table that `unfold compare` prints.
struct CompareTable {
  private let table: TextTable

  /// - Parameter width: The columns of the screen.
  init(labelWidth: Int, threads: [Int], width: Int) {
    table = TextTable(
      [
        TextTable.Column("shape", .left, width: labelWidth, isCut: true), TextTable.Column("direction", .left),
        TextTable.Column("naive", width: 5),
      ]
        + threads.flatMap { count in
          [
            TextTable.Column("BLAS \(count)t", width: 7, leftOut: 1), TextTable.Column("Unfold \(count)t", width: 9),
            TextTable.Column("times", width: 5, leftOut: 2),
          ]
        }
    ).fitted(to: width)
  }

  var header: [String] {
    [
      "GFLOP/s on some threads (t): naive loops, im2col with BLAS, Unfold; and how",
      "many times as many as the naive loops", "",
    ] + table.header
  }

  /// One pass of one shape: a cell for each number of threads.
  func line(_ cells: [Comparison.Cell]) -> String {
    guard let first = cells.first else { return "" }
    return table.line(
      [first.name, first.direction, first.rate(.naive)?.text(places: 2) ?? ""]
        + cells.flatMap { cell in
          [
            cell.rate(.blas)?.text(places: 1) ?? "", cell.rate(.unfold)?.text(places: 1) ?? "",
            cell.ratio(to: .naive)?.text(places: 0) ?? "",
          ]
        })
  }

  /// One sentence.
  func line(_ summary: RatioSummary) -> String {
    "\(summary.family.title), \(summary.pass), \(threadText(summary.threads)): "
      + "\(summary.geometricMean.text(places: 0)) times the naive loops in geometric mean, "
      + "\(summary.minimum.text(places: 0)) at least"
  }
}
