/// How far predictions are from their targets, and which way to move them (lecture, "Defining the loss" and "Problem
/// Setup").
///
/// ```swift
/// let (value, gradient) = try Loss.softmaxCrossEntropy.valueAndGradient(scores, labels: classes)
/// ```
///
/// The first axis counts the T instances of the batch. The divergence of one instance is the **sum** over all its
/// elements, the loss the **mean** over the instances, and the gradient that of the loss:
///
/// ```
/// Loss = 1/T sum over i of div(Y[i], d[i])          dLoss/dY = 1/T d div / dY
/// ```
///
/// | case | prediction y | div, summed over the elements of an instance | gradient times T |
/// |---|---|---|---|
/// | `softmaxCrossEntropy` | scores `[T, ..., K]` | -d[k] log softmax(y)[k] | softmax(y)[k] sum(d) - d[k] |
/// | `meanSquaredError` | anything | (y - d)² | 2 (y - d) |
/// | `klDivergence` | log-probabilities | d (log d - y), 0 log 0 = 0 | -d |
/// | `binaryCrossEntropy` | logits | -d log σ(y) - (1 - d) log(1 - σ(y)) | σ(y) - d |
///
/// In PyTorch each is the functional of `reduction="sum"` divided by T. PyTorch's default `"mean"` is the same for the
/// cross-entropy of `[T, K]` scores; its mean squared error and binary cross-entropy also divide by the elements of an
/// instance, and its Kullback-Leibler divergence of `reduction="batchmean"` is this one.
///
/// Cross-entropies take scores and never probabilities, and the Kullback-Leibler divergence takes their logarithms
/// (``Softmax/logarithms``): a probability that was rounded to 0 or 1 has lost what its loss depends on, and the
/// gradient divides by it. Who has only probabilities p passes log p as scores, or log p - log(1 - p) as a logit.
///
/// The value is summed in double precision and in an order that depends on the shape alone. Nothing is checked about
/// finiteness: a NaN or an infinite prediction makes the value NaN or infinite, which a training loop must look for.
/// (The one exception is a score of -infinity that is not the label, which is a probability of 0.)
public enum Loss: Hashable, Sendable {
  /// Cross-entropy of targets and the softmax of scores over the last axis.
  case softmaxCrossEntropy
  /// The squared distance: the mean over the instances, not over the elements.
  case meanSquaredError
  /// The Kullback-Leibler divergence of targets from predicted log-probabilities.
  case klDivergence
  /// Cross-entropy of each element on its own, on logits, for targets from 0 to 1.
  case binaryCrossEntropy

  /// T, the number of instances; throws where there is none to average over, or no axis of classes beside them.
  func instances(of shape: Shape) throws(UnfoldError) -> Int {
    guard shape.rank > (self == .softmaxCrossEntropy ? 1 : 0), shape[0] > 0 else {
      throw .invalidArgument(
        "prediction of \(self)",
        expected: "\(self == .softmaxCrossEntropy ? "[T, ..., K]" : "[T, ...]") with T of 1 or more", found: "\(shape)")
    }
    return shape[0]
  }
}
