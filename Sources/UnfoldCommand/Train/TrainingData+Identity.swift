import UnfoldData

extension TrainingData {
  /// The identity of the data, for a ``TrainingFingerprint``: what they are, not where they are.
  var identity: [String: String] {
    [
      "training data": "\(trainingCount) samples of \(inputShape) with checksum \(trainingChecksum)",
      "test data": "\(testCount) samples with checksum \(testChecksum)",
      "classes": "\(classNames)", "mean of the data": "\(mean)",
      "deviation of the data": "\(standardDeviation)",
    ]
  }
}
