/// The activation of a run of elements on the calling thread.
extension Activation {
  /// `base[i] = f(base[i])`: what the convolution does to a tile while it is in cache.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
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
    }
  }
}

@inline(__always)
private func transform<Formula: ActivationFormula>(
  _ formula: Formula, _ base: UnsafeMutablePointer<Formula.Scalar>, _ count: Int
) {
  for i in 0..<count { base[i] = formula.value(base[i]) }
}
