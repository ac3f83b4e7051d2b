/// The history as a table of numbers: RFC 4180, a line of names, a line for each epoch.
extension TrainingHistory {
  private static let columns: [(name: String, value: @Sendable (TrainingEpoch) -> Double?)] = [
    ("epoch", { Double($0.epoch) }), ("loss", { $0.loss }), ("accuracy", { $0.accuracy }),
    ("test_loss", { $0.testLoss }), ("test_accuracy", { $0.testAccuracy }), ("test_iou", { $0.testOverlap }),
    ("learning_rate", { $0.learningRate }), ("images_per_second", { $0.imagesPerSecond }), ("seconds", { $0.seconds }),
  ]

  /// The table. What an epoch does not have is empty.
  var csv: String {
    let rows = epochs.map { epoch in
      Self.columns.map {
        $0.value(epoch).map { $0 == $0.rounded() && $0.magnitude < 1e15 ? "\(Int($0))" : "\($0)" } ?? ""
      }
    }
    return ([Self.columns.map(\.name)] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
  }
}
