import Unfold

/// A layer that moves pixels: padding, cropping, pixel shuffle, mirrored and rotated maps.
public struct ArrangementLayer: Layer {
  /// The operator.
  public enum Arrangement: Hashable, Sendable {
    /// See `BorderPadding`.
    case padded(Padding, with: BorderPadding.Border = .zeros)
    /// See `Cropping`.
    case cropped(Padding)
    /// See `PixelShuffle`.
    case shuffled(factor: Int)
    /// See `PixelUnshuffle`.
    case unshuffled(factor: Int)
    /// See `Symmetry`.
    case turned(Symmetry)
  }

  public var arrangement: Arrangement

  public var kind: String {
    switch arrangement {
    case .padded: "pad"
    case .cropped: "crop"
    case .shuffled: "shuffle"
    case .unshuffled: "unshuffle"
    case .turned: "turn"
    }
  }

  /// A layer.
  public init(_ arrangement: Arrangement) { self.arrangement = arrangement }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    let input = try inputs.map(of: self).batched(1)
    let output: Shape =
      switch arrangement {
      case .padded(let amounts, let border): try BorderPadding(input: input, by: amounts, with: border).outputShape
      case .cropped(let amounts): try Cropping(input: input, by: amounts).outputShape
      case .shuffled(let factor): try PixelShuffle(input: input, factor: factor).outputShape
      case .unshuffled(let factor): try PixelUnshuffle(input: input, factor: factor).outputShape
      case .turned(let symmetry): try symmetry.outputShape(for: input)
      }
    return output.sample
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    let input = try inputs.map(of: self).batched(batch)
    return switch arrangement {
    case .padded(let amounts, let border):
      ArrangementKernel<Scalar, BorderPadding>(try BorderPadding(input: input, by: amounts, with: border))
    case .cropped(let amounts): ArrangementKernel<Scalar, Cropping>(try Cropping(input: input, by: amounts))
    case .shuffled(let factor): ArrangementKernel<Scalar, PixelShuffle>(try PixelShuffle(input: input, factor: factor))
    case .unshuffled(let factor):
      ArrangementKernel<Scalar, PixelUnshuffle>(try PixelUnshuffle(input: input, factor: factor))
    case .turned(let symmetry): ArrangementKernel<Scalar, Symmetry>(symmetry)
    }
  }
}

/// An operator that moves pixels: a linear map without weights, and its transpose.
protocol PixelArrangement {
  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError)
  func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError)
}

extension BorderPadding: PixelArrangement {}
extension Cropping: PixelArrangement {}
extension PixelShuffle: PixelArrangement {}
extension PixelUnshuffle: PixelArrangement {}
extension Symmetry: PixelArrangement {}

final class ArrangementKernel<Scalar: TensorScalar, Arrangement: PixelArrangement>: Kernel {
  private let arrangement: Arrangement

  init(_ arrangement: Arrangement) { self.arrangement = arrangement }

  var needs: BackwardNeeds { [] }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try arrangement.forward(pass.input(), into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    guard pass.needsGradient() else { return }
    try arrangement.inputGradient(pass.outputGradient, into: &pass[inputGradient: 0], context: pass.context)
  }
}
