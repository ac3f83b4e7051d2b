import Unfold

/// A convolution for inference: its filter packed once, the batch normalisation or the layer scale after it folded into
/// filter and bias, and the sum that ends a residual block added up in the same pass.
///
/// ```
/// x -conv-> bn -(+)- relu              x --.
///                |            becomes      conv + bias + y, relu, written over y
///                y                     y --'
/// ```
///
/// See `BatchNormalization.folded(filter:bias:scale:shift:running:)` and `PackedFilter`.
struct InferenceConvolution: Layer {
  var convolution: ConvolutionLayer
  var normalization: BatchNormalizationLayer?
  /// Whether the factors of a layer scale are folded in.
  var scales = false
  /// Whether the first of two inputs is added to the convolution of the second.
  var adds = false

  var kind: String { convolution.kind }

  private func own(_ inputs: [Shape]) -> [Shape] { adds ? Array(inputs.dropFirst()) : inputs }

  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { try convolution.outputShape(own(inputs)) }

  func operationCount(_ inputs: [Shape]) -> Double { convolution.operationCount(own(inputs)) }

  func fused(with epilogue: Epilogue, inputs: [Shape]) -> (any Layer)? {
    // Nothing can be applied before the activation any more.
    guard convolution.activation == .identity else { return nil }
    var fused = self
    switch epilogue {
    case .activation(let activation): fused.convolution.activation = activation
    case .batchNormalization(let next):
      guard normalization == nil, !scales, !adds, next.activation == .identity else { return nil }
      fused.normalization = next
    case .factors:
      guard !scales, !adds else { return nil }
      fused.scales = true
    case .sum:
      guard !adds, (try? convolution.geometry(inputs, batch: 1))?.canAdd == true else { return nil }
      fused.adds = true
    }
    return fused
  }

  func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> {
    let geometry = try convolution.geometry(own(inputs), batch: batch)
    return try InferenceConvolutionKernel<Scalar>(
      geometry, convolution.activation, normalization?.normalization([geometry.outputShape.sample], batch: batch),
      hasBias: convolution.hasBias, scales: scales, adds: adds)
  }
}

/// Parameters: filter, bias if there is one; scale, shift, running mean and running variance of the normalisation, if
/// there is one; the factors of the layer scale, if there is one.
final class InferenceConvolutionKernel<Scalar: TensorScalar>: Kernel {
  private let geometry: ConvolutionGeometry
  private let activation: Activation
  private let normalization: BatchNormalization?
  private let hasBias, scales, adds: Bool
  private var filter: PackedFilter<Scalar>
  private var bias: Tensor<Scalar>
  /// The changes of the parameters when they were packed.
  private var packedChanges: UInt64?

  init(
    _ geometry: ConvolutionGeometry, _ activation: Activation, _ normalization: BatchNormalization?, hasBias: Bool,
    scales: Bool, adds: Bool
  ) throws(UnfoldError) {
    (self.geometry, self.activation, self.normalization) = (geometry, activation, normalization)
    (self.hasBias, self.scales, self.adds) = (hasBias, scales, adds)
    filter = try PackedFilter(for: geometry, accuracy: .fast)
    bias = try Tensor(zeros: geometry.biasShape)
  }

  var needs: BackwardNeeds { [] }
  var worksInPlace: Bool { adds }
  var keptBytes: Int { filter.byteCount + bias.count * MemoryLayout<Scalar>.stride }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    if !pass.parameters.isEmpty { try pack(pass.parameters, context: pass.context) }
    if adds {
      try geometry.forward(
        pass.input(1), packed: filter, bias: bias, adding: pass.input(0), activation: activation, into: &pass.output,
        context: pass.context)
    } else {
      try geometry.forward(
        pass.input(), packed: filter, bias: bias, activation: activation, into: &pass.output, context: pass.context)
    }
  }

  /// Packed again only after a parameter has changed: for single images packing would take much of the time.
  @discardableResult
  func pack(_ parameters: [Parameter<Scalar>], context: ExecutionContext) throws(UnfoldError) -> Bool {
    let changes = parameters.changes()
    guard changes != packedChanges || filter.accuracy != context.accuracy else { return true }
    if filter.accuracy != context.accuracy {
      filter = try PackedFilter(for: geometry, accuracy: context.accuracy)
    }
    var folded = parameters[0].value
    var next = hasBias ? 2 : 1
    if let normalization {
      folded = try Tensor(uninitialized: geometry.filterShape)
      try normalization.fold(
        filter: parameters[0].value, bias: hasBias ? parameters[1].value : nil, scale: parameters[next].value,
        shift: parameters[next + 1].value,
        running: RunningMoments(mean: parameters[next + 2].value, variance: parameters[next + 3].value),
        intoFilter: &folded, bias: &bias)
      next += 4
    } else if hasBias {
      bias = parameters[1].value
    }
    if scales {
      let factors = parameters[next].value
      folded = try ChannelScaling(input: folded.shape, sharesGate: true)
        .forward(folded, gate: factors, context: context)
      bias = try Multiplication().forward(bias, factors, context: context)
    }
    try filter.pack(folded, context: context)
    packedChanges = changes
    return true
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) { throw .noForwardPass }
}
