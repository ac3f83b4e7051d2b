import Unfold

/// A dense layer for inference: its weights packed once; see `PackedFilter`.
struct InferenceDense: Layer {
  var dense: DenseLayer

  var kind: String { dense.kind }

  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { try dense.outputShape(inputs) }

  func operationCount(_ inputs: [Shape]) -> Double { dense.operationCount(inputs) }

  func fused(with epilogue: Epilogue, inputs: [Shape]) -> (any Layer)? {
    guard dense.activation == .identity, case .activation(let next) = epilogue else { return nil }
    var fused = self
    fused.dense.activation = next
    return fused
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
  private var bias: Tensor<Scalar>?
  /// The changes of the parameters when they were packed.
  private var packedChanges: UInt64?

  init(_ geometry: DenseGeometry, _ activation: Activation) throws(UnfoldError) {
    self.geometry = geometry
    self.activation = activation
    weights = try PackedFilter(for: geometry.convolution, accuracy: .fast)
  }

  var needs: BackwardNeeds { [] }
  var keptBytes: Int { weights.byteCount + (bias?.count ?? 0) * MemoryLayout<Scalar>.stride }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    if !pass.parameters.isEmpty { try pack(pass.parameters, context: pass.context) }
    try geometry.forward(
      pass.input(), packed: weights, bias: bias, activation: activation, into: &pass.output, context: pass.context)
  }

  /// Packed again only after a parameter has changed.
  @discardableResult
  func pack(_ parameters: [Parameter<Scalar>], context: ExecutionContext) throws(UnfoldError) -> Bool {
    let changes = parameters.changes()
    guard changes != packedChanges else { return true }
    try weights.pack(parameters[0].value.reshaped(to: geometry.convolution.filterShape), context: context)
    bias = parameters.count > 1 ? parameters[1].value : nil
    packedChanges = changes
    return true
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) { throw .noForwardPass }
}
