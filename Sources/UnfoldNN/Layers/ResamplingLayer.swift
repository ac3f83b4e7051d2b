import Unfold

/// Maps of another size; see `Resampling`.
public struct ResamplingLayer: SavedLayer {
  public let resampling: Resampling.Kind

  public static var savedName: String { "resampling" }
  public var kind: String { "resize" }
  public var label: String {
    switch resampling {
    case .downsampling: "drop pixels"
    case .upsampling: "insert zeros"
    case .nearest: "nearest"
    case .bilinear: "bilinear"
    }
  }

  /// A layer.
  public init(_ resampling: Resampling.Kind) { self.resampling = resampling }

  private func geometry(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> Resampling {
    try Resampling(input: inputs.map(of: self).batched(batch), kind: resampling)
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try geometry(inputs, batch: 1).outputShape.sample
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { try geometry(inputs, batch: batch).kernel(of: type) }
}
