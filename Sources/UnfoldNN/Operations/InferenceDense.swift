import Unfold

/// A dense layer for inference: its weights packed once; see ``PackedFilter``.
struct InferenceDense: Operation {
  let dense: DenseOperation

  var kind: String { dense.kind }

  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { try dense.outputShape(inputs) }

  func operationCount(_ inputs: [Shape]) -> Double { dense.operationCount(inputs) }

  func fused(with activation: Activation) -> (any Operation)? {
    (dense.fused(with: activation) as? DenseOperation).map { InferenceDense(dense: $0) }
  }

  func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    try InferenceDenseKernel<Scalar>(dense.geometry(inputs, batch: batch), dense.activation)
  }
}

/// Parameters: weights, bias if there is one.
final class InferenceDenseKernel<Scalar: TensorScalar>: Kernel {
  private let geometry: DenseGeometry
  private let activation: Activation
  private var weights: PackedFilter<Scalar>
  /// How often the weights had been changed when they were packed.
  private var packedChanges: UInt64?

  init(_ geometry: DenseGeometry, _ activation: Activation) throws(UnfoldError) {
    self.geometry = geometry
    self.activation = activation
    weights = try PackedFilter(for: geometry.convolution, accuracy: .fast)
  }

  var needs: BackwardNeeds { [] }
  var keptBytes: Int { weights.byteCount }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    let parameters = pass.parameters
    if parameters[0].changes != packedChanges {
      try weights.pack(
        parameters[0].value.reshaped(to: geometry.convolution.filterShape), context: pass.context)
      packedChanges = parameters[0].changes
    }
    try geometry.forward(
      pass.input(), packed: weights, bias: parameters.count > 1 ? parameters[1].value : nil, activation: activation,
      into: &pass.output, context: pass.context)
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) { throw .noForwardPass }
}
