import Unfold

/// The geometry of a layer that has a filter, a bias and an activation.
enum FilterGeometry {
  case convolution(ConvolutionGeometry)
  case transposedConvolution(TransposedConvolutionGeometry)
  /// Its weights are the filter.
  case dense(DenseGeometry)
}

/// The passes of `ConvolutionLayer`, `TransposedConvolutionLayer` and `DenseLayer`. Parameters: filter, bias if there is
/// one.
final class FilterKernel<Scalar: TensorScalar>: Kernel {
  private let geometry: FilterGeometry
  private let activation: Activation

  init(_ geometry: FilterGeometry, _ activation: Activation) {
    self.geometry = geometry
    self.activation = activation
  }

  var needs: BackwardNeeds { activation == .identity ? .inputs : [.inputs, .output] }
  var addsInputGradient: Bool {
    guard case .convolution(let geometry) = geometry else { return false }
    return geometry.canAddInputGradient(Scalar.self)
  }

  func forward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    let (x, w, context) = (pass.input(), pass.parameters[0].value, pass.context)
    let b = pass.parameters.count > 1 ? pass.parameters[1].value : nil
    switch geometry {
    case .convolution(let geometry):
      try geometry.forward(x, filter: w, bias: b, activation: activation, into: &pass.output, context: context)
    case .transposedConvolution(let geometry):
      try geometry.forward(x, filter: w, bias: b, activation: activation, into: &pass.output, context: context)
    case .dense(let geometry):
      try geometry.forward(x, weights: w, bias: b, activation: activation, into: &pass.output, context: context)
    }
  }

  func backward(_ pass: NodePass<Scalar>) throws(UnfoldError) {
    try activation.applyGradient(to: &pass.outputGradient, pass, context: pass.context)
    let (dz, context) = (pass.outputGradient, pass.context)
    try filterGradient(pass.input(), dz, into: &pass.parameters[0].gradient, context)
    if pass.parameters.count > 1 { try biasGradient(dz, into: &pass.parameters[1].gradient, context) }
    pass.profile?.end(.filterGradient)
    if pass.needsGradient() {
      let filter = pass.parameters[0].value
      try inputGradient(dz, filter, adding: pass.addsInputGradient, into: &pass[inputGradient: 0], context)
      pass.profile?.end(.inputGradient)
    }
  }

  private func filterGradient(
    _ x: Tensor<Scalar>, _ dz: Tensor<Scalar>, into gradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    switch geometry {
    case .convolution(let geometry):
      try geometry.filterGradient(x, outputGradient: dz, into: &gradient, context: context)
    case .transposedConvolution(let geometry):
      try geometry.filterGradient(x, outputGradient: dz, into: &gradient, context: context)
    case .dense(let geometry):
      try geometry.weightsGradient(x, outputGradient: dz, into: &gradient, context: context)
    }
  }

  private func biasGradient(
    _ dz: Tensor<Scalar>, into gradient: inout Tensor<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    switch geometry {
    case .convolution(let geometry): try geometry.biasGradient(dz, into: &gradient, context: context)
    case .transposedConvolution(let geometry): try geometry.biasGradient(dz, into: &gradient, context: context)
    case .dense(let geometry): try geometry.biasGradient(dz, into: &gradient, context: context)
    }
  }

  private func inputGradient(
    _ dz: Tensor<Scalar>, _ w: Tensor<Scalar>, adding: Bool, into gradient: inout Tensor<Scalar>,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    switch geometry {
    case .convolution(let geometry):
      try geometry.inputGradient(dz, filter: w, adding: adding, into: &gradient, context: context)
    case .transposedConvolution(let geometry):
      try geometry.inputGradient(dz, filter: w, into: &gradient, context: context)
    case .dense(let geometry):
      try geometry.inputGradient(dz, weights: w, into: &gradient, context: context)
    }
  }
}
