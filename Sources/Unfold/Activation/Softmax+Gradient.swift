extension Softmax {
  /// The gradient of the loss with respect to the scores, from that with respect to the output.
  ///
  /// ```
  /// probabilities   dz[k] = y[k] (dy[k] - sum over j of dy[j] y[j])
  /// logarithms      dz[k] = dy[k] - e^y[k] sum over j of dy[j]
  /// ```
  ///
  /// - Parameters:
  ///   - outputGradient: `[..., K]`.
  ///   - output: What ``forward(_:context:)`` returned, of the same shape.
  ///   - inputGradient: Is overwritten: the same shape. A NaN makes its whole row NaN.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError`` for a tensor without axes, where the shapes differ or memory is refused.
  /// - Complexity: O(`count`).
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, output: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    let rows = try LastAxisRows(of: output.shape, "softmax output")
    try outputGradient.requireShape(output.shape, "softmax output gradient")
    try inputGradient.requireShape(output.shape, "softmax input gradient")
    let target = try inputGradient.outputBase()
    let (source, saved) = (outputGradient.base, output.base)
    defer { withExtendedLifetime((outputGradient, output)) {} }
    let length = rows.length
    context.forEach(rows.tasks) { task, _ in
      for row in rows.rows(of: task) {
        let y = saved + row &* length
        let dy = source + row &* length
        let dz = target + row &* length
        switch self {
        case .probabilities:
          let mean = Scalar(doubleSum(length) { Double(dy[$0]) * Double(y[$0]) })
          for k in 0..<length { dz[k] = y[k] * (dy[k] - mean) }
        case .logarithms:
          let sum = Scalar(doubleSum(length) { Double(dy[$0]) })
          for k in 0..<length { dz[k] = dy[k].addingProduct(-Scalar._exp(y[k]), sum) }
        }
      }
    }
  }
}
