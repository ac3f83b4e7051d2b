/// How often each class was taken for each other.
struct ConfusionMatrix: Equatable {
  /// The names of the classes.
  let labels: [String]
  /// `counts[truth][prediction]`.
  private(set) var counts: [[Int]]

  init(labels: [String]) {
    self.labels = labels
    counts = Array(repeating: Array(repeating: 0, count: labels.count), count: labels.count)
  }

  /// A matrix whose counts are known: as many rows and columns as labels.
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

  var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The share of images whose class was recognised, nan where there are none.
  var accuracy: Double { Double(labels.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(total) }

  /// The share of the images of one class that were recognised, nil where there are none.
  func recall(_ truth: Int) -> Double? {
    let images = counts[truth].reduce(0, +)
    return images > 0 ? Double(counts[truth][truth]) / Double(images) : nil
  }

  /// The share of the answers naming one class that were right, nil where it was never named.
  func precision(_ prediction: Int) -> Double? {
    let answers = labels.indices.reduce(0) { $0 + counts[$1][prediction] }
    return answers > 0 ? Double(counts[prediction][prediction]) / Double(answers) : nil
  }
}
