import Unfold

/// A layer that moves pixels or channels: padding, cropping, shuffles, slices, mirrored and rotated maps.
public struct ArrangementLayer: SavedLayer {
  /// The operator.
  public enum Arrangement: Hashable, Sendable, Codable {
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
    /// See `ChannelSlice`.
    case sliced(channels: Range<Int>)
    /// See `ChannelShuffle`.
    case interleaved(groups: Int)
  }

  public var arrangement: Arrangement

  public static var savedName: String { "arrangement" }
  public var kind: String {
    switch arrangement {
    case .padded: "pad"
    case .cropped: "crop"
    case .shuffled: "shuffle"
    case .unshuffled: "unshuffle"
    case .turned: "turn"
    case .sliced: "slice"
    case .interleaved: "interleave"
    }
  }

  /// A layer.
  public init(_ arrangement: Arrangement) { self.arrangement = arrangement }

  private func unary(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> any UnaryOperator {
    let input = try inputs.map(of: self).batched(batch)
    return switch arrangement {
    case .padded(let amounts, let border): try BorderPadding(input: input, by: amounts, with: border)
    case .cropped(let amounts): try Cropping(input: input, by: amounts)
    case .shuffled(let factor): try PixelShuffle(input: input, factor: factor)
    case .unshuffled(let factor): try PixelUnshuffle(input: input, factor: factor)
    case .turned(let symmetry): try TurnedMaps(input: input, symmetry)
    case .sliced(let channels): try ChannelSlice(input: input, channels: channels)
    case .interleaved(let groups): try ChannelShuffle(input: input, groups: groups)
    }
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try unary(inputs, batch: 1).outputShape.sample
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { try unary(inputs, batch: batch).kernel(of: type) }
}

/// A symmetry of maps of one shape.
private struct TurnedMaps: UnaryOperator {
  let symmetry: Symmetry
  let inputShape, outputShape: Shape

  init(input: Shape, _ symmetry: Symmetry) throws(UnfoldError) {
    self.symmetry = symmetry
    (inputShape, outputShape) = (input, try symmetry.outputShape(for: input))
  }

  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, into output: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) { try symmetry.forward(input, into: &output, context: context) }

  func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>, context: ExecutionContext
  ) throws(UnfoldError) { try symmetry.inputGradient(outputGradient, into: &inputGradient, context: context) }
}
