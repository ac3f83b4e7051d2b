/// A table of the page: names at the left, numbers right-aligned.
struct HTMLTable {
  struct Cell {
    var text: String
    /// Classes of ``ReportStyle/page``.
    var style = ""

    static func name(_ text: String) -> Cell { Cell(text: text, style: "left") }
    static func quiet(_ text: String) -> Cell { Cell(text: text, style: "left quiet") }
    static func number(_ text: String?) -> Cell { Cell(text: text ?? "") }

    /// A ratio of speeds in the colour of better or worse; nearly equal is neither.
    static func ratio(_ ratio: Double?) -> Cell {
      guard let ratio else { return Cell(text: "") }
      return Cell(text: ratio.ratioText, style: ratio < 0.995 ? "bad" : ratio > 1.005 ? "good" : "")
    }

    /// The same at the left of a group of columns, set apart by a line.
    var opening: Cell { Cell(text: text, style: style.isEmpty ? "group" : "\(style) group") }
  }

  /// Titles above several columns each, where wanted.
  var groups: [(title: String, columns: Int)] = []
  var header: [Cell]
  var rows: [[Cell]] = []

  var html: String {
    func row(_ cells: [Cell], _ element: String) -> String {
      Markup.element("tr", [:], cells.map { Markup.element(element, ["class": $0.style], text: $0.text) }.joined())
    }
    var lines: [String] = []
    if !groups.isEmpty {
      let cells = groups.map { title, columns in
        Markup.element("th", ["colspan": columns, "class": title.isEmpty ? "" : "over group"], text: title)
      }
      lines.append(Markup.element("tr", [:], cells.joined()))
    }
    lines.append(row(header, "th"))
    let body = rows.map { row($0, "td") }.joined(separator: "\n")
    return Markup.element(
      "div", ["class": "scroll"],
      Markup.element(
        "table", [:], Markup.element("thead", [:], lines.joined()) + "\n" + Markup.element("tbody", [:], body)))
  }
}
