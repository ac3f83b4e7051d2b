import UnfoldData

extension TrainingData {
  /// What tells the data from others, for a ``TrainingFingerprint``: not where they lie, but what they are.
  var identity: [String: String] {
    [
      "training data": "\(trainingCount) samples of \(inputShape) with checksum \(trainingChecksum)",
      "test data": "\(testCount) samples with checksum \(testChecksum)",
      "classes": "\(classNames)", "mean of the data": "\(mean)",
      "deviation of the data": "\(standardDeviation)",
    ]
  }
}
