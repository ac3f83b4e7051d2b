import Glibc

extension Softmax: ShapePreservingOperator {
  /// The probabilities, or their logarithms, of each row of scores.
  ///
  /// - Parameters:
  ///   - input: Scores `[..., K]`, at least one axis.
  ///   - output: Is overwritten: the same shape.
  ///   - context: The threads to use.
  /// - Throws: ``UnfoldError`` for a tensor without axes, or where memory is refused.
  /// - Complexity: O(`count`), one exponential an element.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    let rows = try LastAxisRows(of: input.shape, "softmax input")
    try output.requireShape(input.shape, "softmax output")
    let (source, target) = (input.base, try output.outputBase())
    defer { withExtendedLifetime(input) {} }
    let length = rows.length
    context.forEach(rows.tasks) { task, _ in
      for row in rows.rows(of: task) {
        let z = source + row &* length
        let y = target + row &* length
        let (maximum, sum) = shiftedExponentials(z, into: y, length)
        switch self {
        case .probabilities:
          let scale = Scalar(1 / sum)
          for k in 0..<length { y[k] *= scale }
        case .logarithms:
          let logarithm = Scalar(Glibc.log(sum))
          for k in 0..<length { y[k] = (z[k] - maximum) - logarithm }
        }
      }
    }
  }
}
