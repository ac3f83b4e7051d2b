/// The learning curves of a CSV file.
struct CurveTable {
  /// The file's name without folder and ending.
  let name: String
  /// The columns by name, each as long as there are epochs.
  private let columns: [String: [Double?]]

  /// The colours of the curves, in the order of the files: classes of ``ReportStyle``.
  static let styles = ["first", "second", "ncnn", "third", "openVINO", "blas", "pytorchCompiled", "mlx"]

  /// The values that are drawn, and their unit: a column, a title, a factor.
  private static let drawn: [(column: String, title: String, factor: Double)] = [
    ("test_loss", "test loss", 1), ("test_accuracy", "test accuracy, %", 100),
    ("test_iou", "test IoU, %", 100),
  ]

  /// - Throws: ``CommandError/file(path:reason:)`` for a file that is no such table.
  init(path: String) throws(CommandError) {
    let text = try InputFile(path).text()
    var rows = text.split(whereSeparator: \.isNewline).map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
    }
    guard let header = rows.first, header.contains("epoch"),
      Self.drawn.contains(where: { header.contains($0.column) })
    else {
      throw .file(
        path: path,
        reason: "expected a line of names with epoch and \(Self.drawn.map(\.column).joined(separator: " or "))")
    }
    rows.removeFirst()
    guard !rows.isEmpty else { throw .file(path: path, reason: "expected at least one epoch, found none") }
    var columns: [String: [Double?]] = [:]
    for (number, row) in rows.enumerated() {
      guard row.count == header.count else {
        throw .file(path: path, reason: "line \(number + 2): expected \(header.count) values, found \(row.count)")
      }
      for (name, value) in zip(header, row) where name == "epoch" || Self.drawn.contains(where: { $0.column == name }) {
        let number = Double(value)
        guard value.isEmpty && name != "epoch" || number?.isFinite == true else {
          throw .file(path: path, reason: "line \(rows.count): expected a number for \(name), found \"\(value)\"")
        }
        columns[name, default: []].append(number)
      }
    }
    self.columns = columns
    let file = path.split(separator: "/").last.map(String.init) ?? path
    name = file.hasSuffix(".csv") && file.count > 4 ? String(file.dropLast(4)) : file
  }

  /// The last epoch.
  private var end: Double { (columns["epoch"] ?? []).compactMap(\.self).max() ?? 1 }

  private func points(_ column: String, _ factor: Double) -> [CurvePanel.Point] {
    zip(columns["epoch"] ?? [], columns[column] ?? []).compactMap { epoch, value in
      guard let epoch, let value else { return nil }
      return CurvePanel.Point(x: epoch, y: factor * value)
    }
  }

  /// A panel for each value that a table has, with a curve for each table.
  static func svg(_ tables: [CurveTable], title: String) -> String {
    let horizontal = CurvePanel.Horizontal.counting(1...max(1, Int(min(tables.map(\.end).max() ?? 1, 1e6))))
    var panels: [CurvePanel] = []
    for (column, heading, factor) in drawn {
      let lines = zip(tables, styles).map { table, style in
        CurvePanel.Line(name: table.name, style: style, points: table.points(column, factor))
      }.filter { !$0.points.isEmpty }
      let values = lines.flatMap(\.points).map(\.y)
      guard let lowest = values.min(), let highest = values.max() else { continue }
      let vertical =
        factor == 1 ? Axis(from: min(0, lowest), to: highest, steps: 5) : Axis(from: min(lowest, 99), to: 100, steps: 5)
      panels.append(
        CurvePanel(title: heading, xTitle: "epoch", horizontal: horizontal, vertical: vertical, lines: lines))
    }
    return CurvePanel.svg(panels, title: title, detail: counted(tables.count, "training"))
  }
}

extension String {
  /// Without spaces at both ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
