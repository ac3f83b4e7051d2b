/// A loss function: how far predictions are from their targets, and its gradient (lecture, "Defining the loss" and
/// "Problem Setup").
///
/// ```swift
/// let (value, gradient) = try Loss.meanSquaredError.valueAndGradient(y, target: x)
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
/// | `absoluteError` | anything | a = abs(y - d) | sign(y - d) |
/// | `smoothAbsoluteError` | anything | a² / 2β for a < β, else a - β / 2 | (y - d) / β, else sign(y - d) |
/// | `huber` | anything | a² / 2 for a < δ, else δ (a - δ / 2) | y - d, else δ sign(y - d) |
/// | `klDivergence` | log-probabilities | d (log d - y), 0 log 0 = 0 | -d |
/// | `binaryCrossEntropy` | logits | -d log σ(y) - (1 - d) log(1 - σ(y)) | σ(y) - d |
///
/// In PyTorch each is the functional of `reduction="sum"` divided by T. PyTorch's default `"mean"` is
/// ``LossAveraging/weights`` for the cross-entropy of labels, ``LossAveraging/rows`` for that of probabilities and
/// ``LossAveraging/elements`` for the others; its Kullback-Leibler divergence of `reduction="batchmean"` is
/// ``LossAveraging/instances``, `"sum"` is ``LossAveraging/sum``, and `"none"` is
/// ``termsAndGradient(_:target:classWeights:positiveWeights:context:)``.
///
/// **Labels.** The cross-entropy of class labels is a type of its own, ``LabelCrossEntropy``. A ``softmaxCrossEntropy``
/// compares with probabilities.
///
/// **Weights.** A class weight, one for each index of the last axis, multiplies every term of its class, and for labels
/// the whole row of the label. A positive weight multiplies d in the binary cross-entropy, but not 1 - d: above 1 it
/// makes positive targets count more than negative ones. Elements and labels that weigh 0 are left out, even where they
/// are NaN.
///
/// Cross-entropies take scores and never probabilities, and the Kullback-Leibler divergence takes their logarithms
/// (``Softmax/logarithms``): a probability that was rounded to 0 or 1 has lost what its loss depends on, and the
/// gradient divides by it. If you have only probabilities p, pass log p as scores, or log p - log(1 - p) as a logit.
///
/// The value is summed in double precision and in an order that depends on the shape alone. Predictions are not
/// checked: a NaN makes the value NaN, and an infinity makes it infinite or NaN, which a training loop must look for.
/// The exceptions are certain predictions that agree with the target, whose term is 0. These are a score or a logarithm
/// of -infinity (a probability of 0) where the target is 0, and a logit of -infinity where the target is 0 or of
/// infinity where it is 1.
public enum Loss: Hashable, Sendable {
  /// Cross-entropy of probabilities and the softmax of scores over the last axis; of labels see ``LabelCrossEntropy``.
  case softmaxCrossEntropy
  /// The squared distance: the mean over the instances, not over the elements.
  case meanSquaredError
  /// The distance (L1).
  case absoluteError
  /// The distance, but its square where it is less than β, 0 or more, so that its slope is continuous (smooth L1).
  ///
  /// Source: Girshick, "Fast R-CNN" (2015), equation 3.
  case smoothAbsoluteError(beta: Double = 1)
  /// Half the square of the distance, but linear with slope δ, above 0, where the distance is more than δ.
  ///
  /// Source: Huber, "Robust Estimation of a Location Parameter" (1964).
  case huber(delta: Double = 1)
  /// The Kullback-Leibler divergence of targets from predicted log-probabilities.
  case klDivergence
  /// Cross-entropy of each element on its own, on logits, for targets from 0 to 1.
  case binaryCrossEntropy

  /// Throws unless there is an instance to average over, for the softmax also an axis of classes, and the loss's
  /// parameter is valid.
  func requirePrediction(_ shape: Shape) throws(UnfoldError) {
    let isSoftmax = self == .softmaxCrossEntropy
    guard shape.rank > (isSoftmax ? 1 : 0) else {
      throw .invalidArgument(
        "prediction of \(self)", expected: isSoftmax ? "[T, ..., K]" : "[T, ...]", found: "\(shape)")
    }
    try shape.requireElements("prediction of \(self)")
    switch self {
    case .smoothAbsoluteError(let beta):
      try require("beta", beta, in: 0...Double.greatestFiniteMagnitude, or: "a finite number, 0 or more")
    case .huber(let delta):
      try require(
        "delta", delta, in: Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude,
        or: "a finite number above 0")
    case .softmaxCrossEntropy, .meanSquaredError, .absoluteError, .klDivergence, .binaryCrossEntropy: break
    }
  }
}
