import Glibc
import Unfold

extension Softmax {
  /// The same function in the plainest form: see `ReferenceSoftmax`.
  public var reference: ReferenceSoftmax { ReferenceSoftmax(softmax: self) }
}

/// The lecture's `Y = softmax({Y(L, :, :, :)})` ("Pseudocode: Vector notation"): each row of the last axis becomes
/// `e^z[k] / sum over j of e^z[j]`, in double precision. Scores beyond ±700 overflow here, as the formula does.
public struct ReferenceSoftmax: Sendable {
  let softmax: Softmax

  /// The probabilities, or their logarithms.
  public func forward<Scalar: TensorScalar>(_ input: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    try expectElements(input, "softmax input")
    let z = input.elements
    var y = z
    let classes = input.shape.extents.last ?? 1
    for row in stride(from: 0, to: z.count, by: max(classes, 1)) {
      var sum = 0.0
      for k in 0..<classes { sum += exp(Double(z[row + k])) }
      for k in 0..<classes {
        let probability = exp(Double(z[row + k])) / sum
        y[row + k] = Scalar(softmax == .probabilities ? probability : log(probability))
      }
    }
    return try Tensor(y, shape: input.shape)
  }

  /// dDiv/dz[k] = sum over j of dDiv/dy[j] dy[j]/dz[k], with the whole Jacobian of each row written out.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, output: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, output.shape, "softmax output gradient")
    let (dy, y) = (outputGradient.elements, output.elements)
    var dz = y
    let classes = output.shape.extents.last ?? 1
    for row in stride(from: 0, to: y.count, by: max(classes, 1)) {
      for k in 0..<classes {
        var sum = 0.0
        for j in 0..<classes {
          let same = j == k ? 1.0 : 0.0
          let jacobian: Double
          switch softmax {
          case .probabilities: jacobian = Double(y[row + j]) * (same - Double(y[row + k]))
          case .logarithms: jacobian = same - exp(Double(y[row + k]))
          }
          sum += Double(dy[row + j]) * jacobian
        }
        dz[row + k] = Scalar(sum)
      }
    }
    return try Tensor(dz, shape: output.shape)
  }
}
