import Unfold

/// The objective of a training: a loss of the network's outputs, and the counts by which they are judged.
public enum Objective: Hashable, Sendable {
  /// One class a sample: softmax cross-entropy of the first output, `[N, K]`. Weights, one a class, make rare classes
  /// count more; samples with a label to ignore, of any number, have no gradient and are not counted. The mean is
  /// `LossAveraging.weights`.
  case classification(smoothing: Double = 0, classWeights: [Double]? = nil, ignoring: Int? = nil)
  /// One class a pixel: softmax cross-entropy of the first output, `[N, H, W, K]`, averaged over the pixels in the same
  /// way.
  case segmentation(smoothing: Double = 0, classWeights: [Double]? = nil, ignoring: Int? = nil)
  /// A class and a box: softmax cross-entropy of the first output, `[N, K]`, and the smooth L1 distance of the second,
  /// `[N, 4]`, to the box, times a weight.
  case localization(boxWeight: Double = 5, smoothing: Double = 0)

  /// The loss of the last pass of a network; after a training pass the gradients of its outputs are written.
  ///
  /// - Parameters:
  ///   - network: After a forward pass over the batch's samples.
  ///   - mode: The pass's.
  ///   - batch: The samples and what is known of them.
  ///   - scratch: Memory for gradients that are not needed; it is reused.
  ///   - tally: What is counted.
  /// - Returns: The mean loss of the batch.
  /// - Throws: `UnfoldError` for labels and boxes that do not fit the outputs.
  func loss<Scalar: TensorScalar>(
    _ network: Network<Scalar>, _ mode: ForwardMode, _ batch: TrainingBatch<Scalar>, scratch: inout Tensor<Scalar>,
    tally: inout Tally, _ context: ExecutionContext
  ) throws(UnfoldError) -> Double {
    let ofLabels = labelLoss
    var loss = try network.withOutputAndGradient(0, mode, scratch: &scratch) { (logits, gradient) throws(UnfoldError) in
      tally.count(logits, labels: batch.labels, ignoring: ofLabels.ignoredLabel)
      return Double(
        try ofLabels.valueAndGradient(logits, labels: batch.labels, into: &gradient, context: context))
    }
    tally.classLoss = loss
    if case .localization(let weight, _) = self {
      loss += try network.withOutputAndGradient(1, mode, scratch: &scratch) { (boxes, gradient) throws(UnfoldError) in
        try boxes.requireBoxes(batch.boxes)
        tally.countOverlaps(boxes, batch.boxes)
        let distance = try Loss.smoothAbsoluteError(beta: bend).valueAndGradient(
          boxes, target: batch.boxes, into: &gradient, context: context)
        gradient.withUnsafeMutableBufferPointer { for i in $0.indices { $0[i] *= Scalar(weight) } }
        return weight * Double(distance)
      }
    }
    return loss
  }

  /// How much of each label is spread over all classes.
  var smoothing: Double { labelLoss.smoothing }

  /// The loss of the first output.
  private var labelLoss: LabelCrossEntropy {
    switch self {
    case .classification(let smoothing, let classWeights, let ignored),
      .segmentation(let smoothing, let classWeights, let ignored):
      LabelCrossEntropy(smoothing: smoothing, classWeights: classWeights, ignoring: ignored, averaging: .weights)
    case .localization(_, let smoothing): LabelCrossEntropy(smoothing: smoothing, averaging: .weights)
    }
  }
}

/// Where the smooth L1 distance of boxes changes from a square to a line: a tenth of the image.
private let bend = 0.1

extension Tensor {
  fileprivate func requireBoxes(_ targets: Tensor) throws(UnfoldError) {
    guard targets.shape == shape else {
      throw .shapeMismatch(of: "boxes of a batch", expected: shape, found: targets.shape)
    }
  }
}

extension Network {
  /// Calls `body` with an output and the memory of its gradient, which after an inference pass is `scratch`.
  func withOutputAndGradient<Result>(
    _ index: Int, _ mode: ForwardMode, scratch: inout Tensor<Scalar>,
    _ body: (Tensor<Scalar>, inout Tensor<Scalar>) throws(UnfoldError) -> Result
  ) throws(UnfoldError) -> Result {
    switch mode {
    case .training: return try withGradient(ofOutput: index, body)
    case .inference:
      return try withOutput(index) { (output) throws(UnfoldError) in
        if scratch.shape != output.shape { scratch = try Tensor(uninitialized: output.shape) }
        return try body(output, &scratch)
      }
    }
  }
}
