import UnfoldNN

extension TrainingData {
  /// Throws where the last batch of an epoch would be too small to train on: before the first step, and not at the end
  /// of the first epoch.
  ///
  /// - Parameters:
  ///   - graph: The network.
  ///   - batch: The samples of a full batch.
  /// - Throws: ``CommandError/usage(_:expected:found:)`` with a batch size that fits.
  func requireBatches(for graph: Graph, batch: Int) throws(CommandError) {
    let smallest = graph.smallestTrainingBatch
    func fits(_ size: Int) -> Bool {
      size >= smallest && (trainingCount % size == 0 || trainingCount % size >= smallest)
    }
    guard !fits(batch) else { return }
    // The nearest size that fits; all samples in one batch fit, unless there are too few of them.
    let other =
      trainingCount < smallest
      ? nil : (1...trainingCount).lazy.flatMap { [batch - $0, batch + $0] }.first(where: fits)
    let left = min(batch, trainingCount % batch == 0 ? batch : trainingCount % batch)
    throw .usage(
      "--batch",
      expected:
        "a last batch of \(smallest) or more of the \(trainingCount) samples, for batch normalisation on maps of"
        + " 1x1" + (other.map { ", as with --batch \($0)" } ?? ""), found: "\(left) with --batch \(batch)")
  }
}
