import UnfoldNN

/// A confusion matrix with the names of the classes, from which tables, drawings and JSON are made.
struct ConfusionReport: Codable, Equatable {
  /// The names of the classes.
  let labels: [String]
  /// `counts[truth][prediction]`.
  let counts: [[Int]]

  /// A report on given counts, with as many rows and columns as labels.
  ///
  /// - Throws: ``CommandError/unexpected(_:expected:found:)`` for any other number.
  init(labels: [String], counts: [[Int]]) throws(CommandError) {
    guard counts.count == labels.count, counts.allSatisfy({ $0.count == labels.count }) else {
      throw .unexpected(
        "confusion matrix", expected: "\(labels.count) rows and columns",
        found: "\(counts.count) rows of \(counts.first?.count ?? 0)")
    }
    self.labels = labels
    self.counts = counts
  }

  /// A report on an evaluation.
  ///
  /// - Throws: ``CommandError/unexpected(_:expected:found:)`` unless there is a label for each class.
  init(_ matrix: ConfusionMatrix, labels: [String]) throws(CommandError) {
    try self.init(
      labels: labels,
      counts: (0..<matrix.classes).map { truth in
        (0..<matrix.classes).map { matrix[actual: truth, predicted: $0] }
      })
  }

  var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The share of images whose class was recognised, nan where there are none.
  var accuracy: Double { Double(labels.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(total) }

  /// The recall of one class: the share of its images that were recognised, nil where there are none.
  func recall(_ truth: Int) -> Double? {
    let images = counts[truth].reduce(0, +)
    return images > 0 ? Double(counts[truth][truth]) / Double(images) : nil
  }

  /// The precision of one class: the share of its predictions that were right, nil where it was never predicted.
  func precision(_ prediction: Int) -> Double? {
    let predictions = labels.indices.reduce(0) { $0 + counts[$1][prediction] }
    return predictions > 0 ? Double(counts[prediction][prediction]) / Double(predictions) : nil
  }
}
