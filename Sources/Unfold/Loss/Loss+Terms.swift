extension Loss {
  /// The terms of the sum, not averaged, and the gradient of each.
  ///
  /// A term is an element of the divergence; of the ``softmaxCrossEntropy`` it is a row of the last axis. The gradient
  /// is that of the sum of all terms. No element of the prediction takes part in two of them, so that factors of the
  /// terms are factors of the gradient too.
  ///
  /// - Parameters:
  ///   - prediction: `[T, ...]`, see ``Loss`` for what it holds.
  ///   - target: The same shape.
  ///   - classWeights: What the terms of each index of the last axis are multiplied by: finite, 0 or more.
  ///   - positiveWeights: What the target of each index of the last axis counts, for ``binaryCrossEntropy`` only.
  ///   - context: The threads to use.
  /// - Returns: The terms, of the prediction's shape, or without its last axis for the ``softmaxCrossEntropy``; and the
  ///   gradient, of the prediction's shape.
  /// - Throws: ``UnfoldError`` as ``valueAndGradient(_:target:classWeights:positiveWeights:averaging:context:)``.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func termsAndGradient<Scalar: TensorScalar>(
    _ prediction: Tensor<Scalar>, target: Tensor<Scalar>, classWeights: [Double]? = nil,
    positiveWeights: [Double]? = nil, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> (terms: Tensor<Scalar>, gradient: Tensor<Scalar>) {
    try requirePrediction(prediction.shape)
    let weights = try LossWeights<Scalar>(self, classWeights, positiveWeights, prediction.shape)
    var gradient = try Tensor<Scalar>(uninitialized: prediction.shape)
    var terms = try Tensor<Scalar>(uninitialized: termsShape(of: prediction.shape))
    _ = try sumOfTerms(
      prediction, target, weights, scale: 1, terms: try terms.outputBase(), into: &gradient, context)
    return (terms, gradient)
  }

  /// The shape of the terms.
  func termsShape(of prediction: Shape) -> Shape {
    self == .softmaxCrossEntropy ? Shape(prediction.extents.dropLast()) : prediction
  }
}
