import Unfold

/// The maximum over blocks of channels; see `Maxout`.
public struct MaxoutLayer: SavedLayer {
  /// T.
  public var blocks: Int

  public static var savedName: String { "maxout" }
  public var kind: String { "maxout" }
  public var label: String { "maximum of \(blocks)" }

  /// A layer.
  public init(blocks: Int) { self.blocks = blocks }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try Maxout(input: inputs.single(of: self).batched(1), blocks: blocks).outputShape.sample
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    MaxoutKernel<Scalar>(try Maxout(input: inputs.single(of: self).batched(batch), blocks: blocks))
  }
}

final class MaxoutKernel<Scalar: TensorScalar>: Kernel {
  private let maxout: Maxout
  /// Made by the first pass, so that a plan for more samples than the machine can hold is possible.
  private var positions: MaxoutPositions?

  init(_ maxout: Maxout) { self.maxout = maxout }

  var needs: BackwardNeeds { [] }
  var keptBytes: Int { positions?.byteCount ?? 0 }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    var found = try positions.takeOrMake { () throws(UnfoldError) in try MaxoutPositions(for: maxout) }
    defer { positions = found }
    try maxout.forward(pass.input(), into: &pass.output, positions: &found, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    guard pass.needsGradient() else { return }
    guard let positions else { throw .noForwardPass }
    try maxout.inputGradient(
      pass.outputGradient, positions: positions, into: &pass[inputGradient: 0], context: pass.context)
  }
}
