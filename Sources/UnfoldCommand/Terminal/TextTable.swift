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
    /// Fixed before the rows are known, so that a table can be printed row by row as its results arrive.
    var width: Int
    /// The order in which columns are left out on a narrow screen: the largest number first, 0 for never.
    let order: Int
    /// Whether its texts may be cut where leaving out columns is not enough.
    let isCut: Bool

    init(_ title: String, _ alignment: Alignment = .right, width: Int = 0, leftOut order: Int = 0, isCut: Bool = false)
    {
      self.title = title
      self.alignment = alignment
      self.width = max(width, title.columns)
      self.order = order
      self.isCut = isCut
    }

    func cell(_ text: String) -> String {
      let text = isCut ? text.shortened(to: width) : text
      return alignment == .left ? text.left(width) : text.right(width)
    }
  }

  private(set) var columns: [Column]
  private(set) var rows: [[String]] = []
  /// The spaces between two columns.
  let gap: Int
  /// The columns that are shown.
  private var shown: [Int]

  init(_ columns: [Column], gap: Int = 2) {
    self.columns = columns
    self.gap = gap
    shown = Array(columns.indices)
  }

  /// Adds a row; cells that are missing at its end stay empty.
  mutating func append(_ cells: [String]) {
    let cells = cells.map(\.printable)
    for (index, cell) in cells.enumerated() where index < columns.count {
      columns[index].width = max(columns[index].width, cell.columns)
    }
    rows.append(cells)
  }

  /// The columns of the screen that a row takes.
  var width: Int { shown.reduce(0) { $0 + columns[$1].width } + gap * max(shown.count - 1, 0) }

  /// The table for a screen: without the columns that it has no room for, and if that is not enough, with shorter
  /// texts.
  func fitted(to width: Int) -> TextTable {
    var table = self
    while table.width > width, let least = table.shown.max(by: { columns[$0].order < columns[$1].order }),
      columns[least].order > 0
    {
      table.shown.removeAll { $0 == least }
    }
    // The longest text first, column by column, so that several of them end at the same length.
    while table.width > width,
      let longest = table.shown.filter({ table.columns[$0].isCut && table.columns[$0].width > Self.shortestCut })
        .max(by: { table.columns[$0].width < table.columns[$1].width })
    {
      table.columns[longest].width -= 1
    }
    return table
  }

  private static let shortestCut = 8

  /// The titles and the rule below them.
  var header: [String] {
    [line(columns.map(\.title)), line(columns.map { String(repeating: "-", count: $0.width) })]
  }

  /// One row, a cell for each column, also for those that are not shown; without spaces at its end.
  func line(_ cells: [String]) -> String {
    var text = shown.map { columns[$0].cell($0 < cells.count ? cells[$0].printable : "") }
      .joined(separator: String(repeating: " ", count: gap))
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The whole table.
  var lines: [String] { header + rows.map(line) }
}
