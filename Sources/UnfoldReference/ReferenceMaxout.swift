import Unfold

/// Maxout by its definition, number by number.
public struct ReferenceMaxout: Sendable {
  let maxout: Maxout

  /// output[p, k] = max over t of input[p, t K + k].
  public func forward<Scalar: TensorScalar>(_ input: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, maxout.inputShape, "maxout input")
    let x = input.elements
    return try Tensor(shape: maxout.outputShape) { index in x[source(of: index, x)] }
  }

  /// The gradient goes where the maximum came from.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, maxout.outputShape, "maxout output gradient")
    let (x, dy) = (input.elements, outputGradient.elements)
    var dx = [Scalar](repeating: 0, count: x.count)
    for index in dy.indices { dx[source(of: index, x)] = dy[index] }
    return try Tensor(dx, shape: maxout.inputShape)
  }

  /// Where the maximum for an element of the output lies in the input.
  private func source<Scalar: TensorScalar>(of index: Int, _ x: [Scalar]) -> Int {
    let (pixel, k) = (index / maxout.channels, index % maxout.channels)
    let candidates = (0..<maxout.blocks).map { t in (pixel * maxout.blocks + t) * maxout.channels + k }
    if let nan = candidates.last(where: { x[$0].isNaN }) { return nan }
    return candidates.reduce(candidates[0]) { x[$1] > x[$0] ? $1 : $0 }
  }
}

extension Maxout {
  /// The same maximum, number by number.
  public var reference: ReferenceMaxout { ReferenceMaxout(maxout: self) }
}
