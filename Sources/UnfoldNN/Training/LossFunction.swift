import Unfold

/// A loss of your own for a ``Trainer``: its value, and its gradient with respect to the network's first output.
///
/// ```swift
/// // The mean over the samples of the squared distance to a number for each.
/// struct Distance: LossFunction {
///   func valueAndGradient(
///     _ output: Tensor<Float>, batch: TrainingBatch<Float>, into gradient: inout Tensor<Float>, context: ExecutionContext
///   ) throws(UnfoldError) -> Double {
///     var sum = 0.0
///     for sample in 0..<output.shape[0] {
///       let distance = output[sample, 0] - batch.targets[sample, 0]
///       sum += Double(distance * distance)
///       gradient[sample, 0] = 2 * distance / Float(output.shape[0])
///     }
///     return sum / Double(output.shape[0])
///   }
/// }
/// let trainer = try Trainer(network, loss: Distance(), optimizer: Adam(), schedule: Schedule(rate: 0.001))
/// ```
///
/// The network has one output. A loss of the engine for the batch's targets is ``TargetLoss``.
public protocol LossFunction<Scalar> {
  /// The network's element type.
  associatedtype Scalar: TensorScalar

  /// The mean loss of a batch, and its gradient.
  ///
  /// - Parameters:
  ///   - output: The network's, `[N, ...]`.
  ///   - batch: The samples and what is known of them.
  ///   - gradient: Of the output's shape. Every element is to be written, also in evaluations, which do not read them.
  ///   - context: The threads.
  /// - Throws: `UnfoldError` for a batch that does not fit the output. A value that is not finite ends the training.
  func valueAndGradient(
    _ output: Tensor<Scalar>, batch: TrainingBatch<Scalar>, into gradient: inout Tensor<Scalar>,
    context: ExecutionContext
  ) throws(UnfoldError) -> Double
}

/// One of the engine's losses between the network's output and the batch's targets: `softmaxCrossEntropy` for shares of
/// several classes, as mixup has them, `meanSquaredError` for numbers, `binaryCrossEntropy` for labels that do not exclude
/// each other.
public struct TargetLoss<Scalar: TensorScalar>: LossFunction {
  /// The loss.
  public let loss: Loss
  /// What its sum is divided by.
  public let averaging: LossAveraging

  /// A loss for targets.
  public init(_ loss: Loss, averaging: LossAveraging = .instances) {
    self.loss = loss
    self.averaging = averaging
  }

  /// See ``LossFunction/valueAndGradient(_:batch:into:context:)``.
  ///
  /// - Throws: `UnfoldError` for targets of another shape than the output.
  public func valueAndGradient(
    _ output: Tensor<Scalar>, batch: TrainingBatch<Scalar>, into gradient: inout Tensor<Scalar>,
    context: ExecutionContext
  ) throws(UnfoldError) -> Double {
    guard batch.targets.shape == output.shape else {
      throw .shapeMismatch(of: "targets of a batch", expected: output.shape, found: batch.targets.shape)
    }
    return Double(
      try loss.valueAndGradient(
        output, target: batch.targets, averaging: averaging, into: &gradient, context: context))
  }
}
