/// Rows of text in aligned columns.
///
/// ```
/// shape     direction  GFLOP/s
/// --------  ---------  -------
/// res2a_1   FWD_B        118.3
/// ```
struct TextTable {
  enum Alignment {
    case left, right
  }

  struct Column {
    let title: String
    let alignment: Alignment
    /// Known before the rows are: a table that is printed row by row, as its results arrive, needs it.
    var width: Int

    init(_ title: String, _ alignment: Alignment = .right, width: Int = 0) {
      self.title = title
      self.alignment = alignment
      self.width = max(width, title.count)
    }

    func cell(_ text: String) -> String { alignment == .left ? text.left(width) : text.right(width) }
  }

  private(set) var columns: [Column]
  private(set) var rows: [[String]] = []

  init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; cells that are missing at its end stay empty.
  mutating func append(_ cells: [String]) {
    for (index, cell) in cells.enumerated() where index < columns.count {
      columns[index].width = max(columns[index].width, cell.count)
    }
    rows.append(cells)
  }

  /// The titles and the rule below them.
  var header: [String] {
    [line(columns.map(\.title)), line(columns.map { String(repeating: "-", count: $0.width) })]
  }

  /// One row, aligned; without spaces at its end.
  func line(_ cells: [String]) -> String {
    var text = ""
    for (index, column) in columns.enumerated() {
      if index > 0 { text += "  " }
      text += column.cell(index < cells.count ? cells[index] : "")
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The whole table.
  var lines: [String] { header + rows.map(line) }
  /// The whole table, each line ended.
  var text: String { lines.map { $0 + "\n" }.joined() }
}
