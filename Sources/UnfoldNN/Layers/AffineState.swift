import Unfold

/// The buffers of a layer that computes an affine map and applies an activation to it, for one batch size.
final class AffineState<Geometry, Scalar: TensorScalar> {
  let geometry: Geometry
  /// f(z). The backward pass turns it into the gradient with respect to z where that follows from f(z).
  var output: Tensor<Scalar>
  /// z, kept for activations whose gradient does not follow from f(z), and turned into it.
  var affine: Tensor<Scalar>?
  var inputGradient: Tensor<Scalar>?

  init(_ geometry: Geometry, output: Shape) throws(UnfoldError) {
    self.geometry = geometry
    self.output = try Tensor(uninitialized: output)
  }

  /// The gradient with respect to z, written over the output or z, which nobody reads any more.
  func affineGradient(
    _ outputGradient: Tensor<Scalar>, _ activation: Activation, _ context: ExecutionContext
  ) throws(UnfoldError) -> Tensor<Scalar> {
    guard activation != .identity else { return outputGradient }
    if activation.gradientFollowsFromOutput {
      try activation.replaceOutput(&output, byInputGradientOf: outputGradient, context: context)
      return output
    }
    guard var gradient = affine.take() else { throw .noForwardPass }
    try activation.replaceInput(&gradient, byInputGradientOf: outputGradient, context: context)
    affine = gradient
    return gradient
  }
}
