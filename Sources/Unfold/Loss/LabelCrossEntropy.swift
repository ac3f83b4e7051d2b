/// The softmax cross-entropy of scores and class labels, one for each row of scores, and its gradient.
///
/// ```swift
/// let (value, gradient) = try LabelCrossEntropy(smoothing: 0.1).valueAndGradient(scores, labels: classes)
/// ```
///
/// It is the same as ``Loss/softmaxCrossEntropy`` with one-hot targets, but without that tensor. The two are types
/// apart: a label is a number of a class, a target a tensor of probabilities.
///
/// With a smoothing of e the target is 1 - e + e / K for the label and e / K for every other class (Szegedy et al.
/// 2016, section 7), so that scores do not grow without end. A score of -infinity excludes its class: it is allowed
/// for every class but the label's, gets no share of e, and does not count in K.
public struct LabelCrossEntropy: Hashable, Sendable {
  /// e, 0 to less than 1.
  public var smoothing: Double
  /// What the target of each class is multiplied by: finite, 0 or more; nil for 1.
  public var classWeights: [Double]?
  /// A label, of any number, whose rows are left out: they add nothing, and their gradient is 0.
  public var ignoredLabel: Int?
  /// What the sum over all rows is divided by; ``LossAveraging/weights`` counts only rows that are not left out.
  public var averaging: LossAveraging

  /// A cross-entropy. Its numbers are checked when it is computed.
  public init(
    smoothing: Double = 0, classWeights: [Double]? = nil, ignoring ignoredLabel: Int? = nil,
    averaging: LossAveraging = .instances
  ) {
    self.smoothing = smoothing
    self.classWeights = classWeights
    self.ignoredLabel = ignoredLabel
    self.averaging = averaging
  }

  /// The loss and its gradient with respect to the scores, averaged.
  ///
  /// - Parameters:
  ///   - scores: `[T, ..., K]`.
  ///   - labels: One class from 0 to K - 1 for each row of the last axis, in row-major order.
  ///   - context: The threads to use.
  /// - Returns: The value and the gradient, of the scores' shape.
  /// - Throws: ``UnfoldError`` for a wrong number of labels, a label out of range, a smoothing or weights that are not
  ///   valid, an extent of 0, and where memory is refused.
  /// - Complexity: O(`count`), one exponential an element and one logarithm a row.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func valueAndGradient<Scalar: TensorScalar>(
    _ scores: Tensor<Scalar>, labels: [Int], context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (value: Scalar, gradient: Tensor<Scalar>) {
    var gradient = try Tensor<Scalar>(uninitialized: scores.shape)
    let value = try valueAndGradient(scores, labels: labels, into: &gradient, context: context)
    return (value, gradient)
  }

  /// ``valueAndGradient(_:labels:context:)`` with the gradient written into a tensor of the scores' shape, which is
  /// overwritten.
  ///
  /// - Returns: The value.
  /// - Throws: ``UnfoldError`` as the form that returns both; the gradient is untouched then.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  @discardableResult
  public func valueAndGradient<Scalar: TensorScalar>(
    _ scores: Tensor<Scalar>, labels: [Int], into gradient: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Scalar {
    let targets = try LabelTargets<Scalar>(self, labels, scores.shape)
    let divisor = averaging.divisor(of: scores.shape) ?? targets.weight
    guard divisor > 0 else {
      try gradient.requireShape(scores.shape, "gradient of a loss")
      try gradient.outputBase().update(repeating: 0, count: gradient.count)
      return 0
    }
    let total = try targets.sumOfTerms(scores, scale: 1 / Scalar(divisor), terms: nil, into: &gradient, context)
    return Scalar(total / divisor)
  }

  /// The cross-entropy of each row of scores and its label, not averaged, and the gradient of each.
  ///
  /// - Parameters:
  ///   - scores: `[T, ..., K]`.
  ///   - labels: One class from 0 to K - 1 for each row of the last axis, in row-major order.
  ///   - context: The threads to use.
  /// - Returns: The terms, of the scores' shape without its last axis, and the gradient of their sum; both 0 for rows
  ///   that are left out.
  /// - Throws: ``UnfoldError`` as the form that averages.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func termsAndGradient<Scalar: TensorScalar>(
    _ scores: Tensor<Scalar>, labels: [Int], context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (terms: Tensor<Scalar>, gradient: Tensor<Scalar>) {
    let targets = try LabelTargets<Scalar>(self, labels, scores.shape)
    var gradient = try Tensor<Scalar>(uninitialized: scores.shape)
    var terms = try Tensor<Scalar>(uninitialized: Loss.softmaxCrossEntropy.termsShape(of: scores.shape))
    _ = try targets.sumOfTerms(scores, scale: 1, terms: try terms.outputBase(), into: &gradient, context)
    return (terms, gradient)
  }
}
