import Unfold

/// Why training stopped before its end.
public enum TrainingError: Error, Hashable, Sendable {
  /// The loss became NaN or infinite. Epoch and step are counted from 1; no parameter was changed by this step.
  case lossNotFinite(epoch: Int, step: Int, loss: Double, learningRate: Double)
  /// A gradient, a statistic, a weight or a moment of the optimiser would have become NaN or infinite. No parameter was
  /// changed by this step.
  ///
  /// - Parameters:
  ///   - epoch: Counted from 1.
  ///   - step: Counted from 1.
  ///   - what: What of which parameter, as in `gradient of conv1.weight`.
  ///   - found: The number and its place.
  ///   - learningRate: The step's.
  case stepNotFinite(epoch: Int, step: Int, what: String, found: String, learningRate: Double)
  /// The epoch was trained before; `last` is the one that was begun last.
  case epochFinished(epoch: Int, last: Int)
  /// The loss of a batch is NaN or infinite in an evaluation; batches are counted from 1.
  case evaluationNotFinite(batch: Int, loss: Double)
}

extension TrainingError: CustomStringConvertible {
  /// One line: what was expected and what was found.
  public var description: String {
    switch self {
    case .lossNotFinite(let epoch, let step, let loss, let learningRate):
      "loss: expected a finite number, found \(loss.messageText) in epoch \(epoch), step \(step), at learning rate \(learningRate.messageText);"
        + " try a lower rate or a warm-up"
    case .stepNotFinite(let epoch, let step, let what, let found, let learningRate):
      "\(what): expected finite numbers, found \(found), in epoch \(epoch), step \(step), at learning rate "
        + "\(learningRate.messageText); try a lower rate, a warm-up or clipping"
    case .epochFinished(let epoch, let last):
      "epoch: expected one that is not finished, the next being \(last + 1), found \(epoch)"
    case .evaluationNotFinite(let batch, let loss):
      "loss: expected a finite number, found \(loss.messageText) in batch \(batch) of the evaluation"
    }
  }
}
