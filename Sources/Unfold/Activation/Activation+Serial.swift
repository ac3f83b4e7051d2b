/// The loops of an activation over adjacent elements, on the calling thread.
extension Activation {
  /// `base[i] = f(base[i])`: what the convolution does to a tile while it is in cache. The parameter must be valid.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  func apply<Scalar: TensorScalar>(_ base: UnsafeMutablePointer<Scalar>, count: Int) {
    switch self {
    case .identity: break
    case .relu: transform(ReluFormula(), base, count)
    case .leakyRelu(let slope): transform(LeakyReluFormula(slope), base, count)
    case .elu(let alpha): transform(EluFormula(alpha), base, count)
    case .gelu: transform(GeluFormula(), base, count)
    case .silu: transform(SiluFormula(), base, count)
    case .sigmoid: transform(SigmoidFormula(), base, count)
    case .tanh: transform(TanhFormula(), base, count)
    case .softplus: transform(SoftplusFormula(), base, count)
    case .relu6: transform(Relu6Formula(), base, count)
    case .hardSigmoid: transform(HardSigmoidFormula(), base, count)
    case .hardSwish: transform(HardSwishFormula(), base, count)
    }
  }

  /// `gradient[i] *= f'(input[i])`. The parameter must be valid.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  func applyGradient<Scalar: TensorScalar>(
    _ gradient: UnsafeMutablePointer<Scalar>, input: UnsafePointer<Scalar>, count: Int
  ) {
    switch self {
    case .identity: break
    case .relu: multiply(gradient, byDerivativeOf: ReluFormula(), input: input, count)
    case .leakyRelu(let slope): multiply(gradient, byDerivativeOf: LeakyReluFormula(slope), input: input, count)
    case .elu(let alpha): multiply(gradient, byDerivativeOf: EluFormula(alpha), input: input, count)
    case .gelu: multiply(gradient, byDerivativeOf: GeluFormula(), input: input, count)
    case .silu: multiply(gradient, byDerivativeOf: SiluFormula(), input: input, count)
    case .sigmoid: multiply(gradient, byDerivativeOf: SigmoidFormula(), input: input, count)
    case .tanh: multiply(gradient, byDerivativeOf: TanhFormula(), input: input, count)
    case .softplus: multiply(gradient, byDerivativeOf: SoftplusFormula(), input: input, count)
    case .relu6: multiply(gradient, byDerivativeOf: Relu6Formula(), input: input, count)
    case .hardSigmoid: multiply(gradient, byDerivativeOf: HardSigmoidFormula(), input: input, count)
    case .hardSwish: multiply(gradient, byDerivativeOf: HardSwishFormula(), input: input, count)
    }
  }

  /// `gradient[i] *= f'(z[i])`, computed from `output[i] = f(z[i])`. The parameter must be valid and
  /// ``gradientFollowsFromOutput`` true.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  func applyGradient<Scalar: TensorScalar>(
    _ gradient: UnsafeMutablePointer<Scalar>, output: UnsafePointer<Scalar>, count: Int
  ) {
    switch self {
    case .identity: break
    case .relu: multiply(gradient, byDerivativeOf: ReluFormula(), output: output, count)
    case .leakyRelu(let slope): multiply(gradient, byDerivativeOf: LeakyReluFormula(slope), output: output, count)
    case .elu(let alpha): multiply(gradient, byDerivativeOf: EluFormula(alpha), output: output, count)
    case .sigmoid: multiply(gradient, byDerivativeOf: SigmoidFormula(), output: output, count)
    case .tanh: multiply(gradient, byDerivativeOf: TanhFormula(), output: output, count)
    case .softplus: multiply(gradient, byDerivativeOf: SoftplusFormula(), output: output, count)
    case .relu6: multiply(gradient, byDerivativeOf: Relu6Formula(), output: output, count)
    case .hardSigmoid: multiply(gradient, byDerivativeOf: HardSigmoidFormula(), output: output, count)
    case .gelu, .silu, .hardSwish: preconditionFailure("the derivative of \(self) does not follow from its output")
    }
  }
}

/// Computed in a buffer in the first-level cache. In place, the compiler would skip the stores of elements that do not
/// change, with a branch for each element: 40 times slower than a vector loop.
@inline(__always)
private func transform<Formula: ActivationFormula>(
  _ formula: Formula, _ base: UnsafeMutablePointer<Formula.Scalar>, _ count: Int
) {
  let capacity = 256
  withUnsafeTemporaryAllocation(of: Formula.Scalar.self, capacity: capacity) { buffer in
    guard let values = buffer.baseAddress else { return }
    for first in stride(from: 0, to: count, by: capacity) {
      let run = base + first
      let length = min(capacity, count - first)
      for i in 0..<length { values[i] = formula.value(run[i]) }
      run.update(from: values, count: length)
    }
  }
}

@inline(__always)
private func multiply<Formula: ActivationFormula>(
  _ gradient: UnsafeMutablePointer<Formula.Scalar>, byDerivativeOf formula: Formula,
  input: UnsafePointer<Formula.Scalar>, _ count: Int
) {
  for i in 0..<count { gradient[i] *= formula.derivative(input: input[i]) }
}

@inline(__always)
private func multiply<Formula: OutputActivationFormula>(
  _ gradient: UnsafeMutablePointer<Formula.Scalar>, byDerivativeOf formula: Formula,
  output: UnsafePointer<Formula.Scalar>, _ count: Int
) {
  for i in 0..<count { gradient[i] *= formula.derivative(output: output[i]) }
}
