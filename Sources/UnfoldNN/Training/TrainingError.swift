/// Why training stopped before its end.
public enum TrainingError: Error, Hashable, Sendable {
  /// The loss became NaN or infinite. Epoch and step are counted from 1; no parameter was changed by this step.
  case lossNotFinite(epoch: Int, step: Int, loss: Double, learningRate: Double)
  /// The loss of a batch is NaN or infinite in an evaluation; batches are counted from 1.
  case evaluationNotFinite(batch: Int, loss: Double)
}

extension TrainingError: CustomStringConvertible {
  /// One line: what was expected and what was found.
  public var description: String {
    switch self {
    case .lossNotFinite(let epoch, let step, let loss, let learningRate):
      "loss: expected a finite number, found \(loss) in epoch \(epoch), step \(step), at learning rate \(learningRate);"
        + " try a lower rate or a warm-up"
    case .evaluationNotFinite(let batch, let loss):
      "loss: expected a finite number, found \(loss) in batch \(batch) of the evaluation"
    }
  }
}
