extension ConfusionReport {
  /// The matrix as text: a row a class with its name, a column a predicted class with its number, the recall at the
  /// right and the precision below.
  var tableText: String {
    var table = TextTable(
      [TextTable.Column("true \\ predicted", .left)] + labels.indices.map { TextTable.Column("\($0)") }
        + [TextTable.Column("recall")])
    for truth in labels.indices {
      table.append(["\(truth) \(labels[truth])"] + counts[truth].map { "\($0)" } + [Self.share(recall(truth))])
    }
    table.append(["precision"] + labels.indices.map { Self.share(precision($0)) })
    return table.text
  }

  private static func share(_ share: Double?) -> String { share?.text(places: 3) ?? "-" }
}
