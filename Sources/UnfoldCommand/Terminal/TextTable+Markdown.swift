extension TextTable {
  /// The whole table in Markdown, whose columns line up in the source too.
  ///
  /// ```
  /// | shape   | GFLOP/s |
  /// | ------- | ------: |
  /// | res2\_a |   118.3 |
  /// ```
  var markdownLines: [String] {
    let cells = ([columns.map(\.title)] + rows).map { row in
      columns.indices.map { $0 < row.count ? Markup.markdown(row[$0]) : "" }
    }
    let widths = columns.indices.map { column in max(3, cells.map { $0[column].columns }.max() ?? 0) }
    func line(_ words: [String]) -> String { "| " + words.joined(separator: " | ") + " |" }
    let aligned = cells.map { row in
      line(row.indices.map { columns[$0].alignment == .left ? row[$0].left(widths[$0]) : row[$0].right(widths[$0]) })
    }
    let rule = columns.indices.map { index in
      columns[index].alignment == .left
        ? String(repeating: "-", count: widths[index]) : String(repeating: "-", count: widths[index] - 1) + ":"
    }
    return [aligned[0], line(rule)] + aligned.dropFirst()
  }
}
