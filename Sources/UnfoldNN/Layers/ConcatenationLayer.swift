import Unfold

/// Values side by side along one axis; see `Concatenation`.
public struct ConcatenationLayer: SavedLayer {
  /// The axis of a sample; nil for the last, the channels.
  public var axis: Int?

  public static var savedName: String { "concatenation" }
  public var kind: String { "cat" }
  public var label: String { "side by side" }

  /// A layer.
  public init(axis: Int? = nil) { self.axis = axis }

  private func concatenation(_ inputs: [Shape], batch: Int) throws(UnfoldError) -> Concatenation {
    if let axis, let rank = inputs.first?.rank, !(0..<rank).contains(axis) {
      throw .invalidArgument("axis of \(kind)", expected: "0 to \(rank - 1)", found: "\(axis)")
    }
    return try Concatenation(inputs: inputs.map { $0.batched(batch) }, axis: axis.map { $0 + 1 })
  }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    try concatenation(inputs, batch: 1).outputShape.sample
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    ConcatenationKernel<Scalar>(try concatenation(inputs, batch: batch))
  }
}

final class ConcatenationKernel<Scalar: TensorScalar>: Kernel {
  private let concatenation: Concatenation

  init(_ concatenation: Concatenation) { self.concatenation = concatenation }

  var needs: BackwardNeeds { [] }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    for index in 0..<pass.inputCount {
      try concatenation.forward(pass.input(index), at: index, into: &pass.output, context: pass.context)
    }
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    for index in 0..<pass.inputCount where pass.needsGradient(index) {
      try concatenation.inputGradient(
        pass.outputGradient, of: index, into: &pass[inputGradient: index], context: pass.context)
    }
  }
}
