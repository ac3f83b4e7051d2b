import Unfold

/// A layer that normalises each sample by itself: `GroupNormalizationLayer` and `LayerNormalizationLayer`. A conforming
/// type makes the normalisation; shapes, parameters and the kernel follow.
public protocol SampleNormalizationLayer: Layer {
  associatedtype Normalization: SampleNormalization

  /// The normalisation of a batch of samples of these shapes; there is one input.
  func normalization(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> Normalization
}

extension SampleNormalizationLayer {
  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try normalization(inputs, batch: 1).inputShape.sample
  }

  public func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
    .scaleAndShift(try normalization(inputs, batch: 1).parameterShape)
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    try SampleNormalizationKernel<Scalar, Normalization>(normalization(inputs, batch: batch))
  }
}

/// Parameters: scale, shift.
final class SampleNormalizationKernel<Scalar: TensorScalar, Normalization: SampleNormalization>: Kernel {
  private let normalization: Normalization
  private var saved: SavedMoments<Scalar>

  init(_ normalization: Normalization) throws(UnfoldError) {
    self.normalization = normalization
    saved = try SavedMoments(uninitialized: normalization.savedShape)
  }

  var needs: BackwardNeeds { .inputs }
  var differentiatesInPlace: Bool { true }
  var keptBytes: Int { saved.bytes }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try normalization.forward(
      pass.input(), scale: pass.parameters[0].value, shift: pass.parameters[1].value, into: &pass.output, saved: &saved,
      context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try normalization.applyGradients(
      to: &pass.outputGradient, input: pass.input(), scale: pass.parameters[0].value, saved: saved,
      scaleGradient: &pass.parameters[0].gradient, shiftGradient: &pass.parameters[1].gradient, context: pass.context)
  }
}
