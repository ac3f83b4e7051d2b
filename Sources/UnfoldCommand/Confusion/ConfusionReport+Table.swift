extension ConfusionReport {
  /// The matrix as text: a row a class with its name, a column a predicted class with its number, the recall at the
  /// right and the precision below, both in percent. Where a screen of `width` columns has no room for all classes side
  /// by side, they follow one below the other.
  func lines(width: Int) -> [String] {
    let names = labels.indices.map { "\($0) \(labels[$0])" }
    let heading = TextTable.Column("true \\ predicted", .left, width: names.map(\.printable.columns).max() ?? 0)
    let recall = TextTable.Column("recall %")
    let columns = labels.indices.map { predicted in
      let cells = counts.map { "\($0[predicted])" } + [Self.share(precision(predicted))]
      return TextTable.Column("\(predicted)", width: cells.map(\.columns).max() ?? 0)
    }
    var lines: [String] = []
    var rest = columns.indices[...]
    repeat {
      var fitting = rest.prefix(1)
      while let next = rest.dropFirst(fitting.count).first,
        TextTable([heading] + columns[fitting] + [columns[next], recall], gap: 1).width <= width
      {
        fitting = rest.prefix(fitting.count + 1)
      }
      rest = rest.dropFirst(fitting.count)
      var table = TextTable([heading] + columns[fitting] + [recall], gap: 1)
      for truth in labels.indices {
        table.append([names[truth]] + fitting.map { "\(counts[truth][$0])" } + [Self.share(self.recall(truth))])
      }
      table.append(["precision %"] + fitting.map { Self.share(precision($0)) })
      lines += (lines.isEmpty ? [] : [""]) + table.lines
    } while !rest.isEmpty
    return lines
  }

  private static func share(_ share: Double?) -> String { share.map { ($0 * 100).text(places: 1) } ?? "-" }
}
