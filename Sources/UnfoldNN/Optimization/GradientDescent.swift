import Unfold

/// Stochastic gradient descent with momentum, Nesterov's variant and weight decay, as PyTorch defines them.
///
/// ```
/// g <- gradient + decay w
/// v <- g                      at the first step
/// v <- momentum v + g         at the others
/// w <- w - rate v             Nesterov: w <- w - rate (g + momentum v)
/// ```
///
/// Sources: Polyak 1964; Sutskever et al. 2013.
public final class GradientDescent<Scalar: TensorScalar>: Optimizer {
  /// The part of the velocity that survives a step.
  public let momentum: Double
  /// Whether the step looks ahead along the velocity.
  public let isNesterov: Bool
  /// The weight decay.
  public let decay: WeightDecay

  /// Velocities, if there is a momentum. They begin with zeros, so that the first velocity is momentum 0 + g = g.
  private var moments: MomentStore<Scalar>

  /// An optimiser with its constants.
  ///
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` unless `momentum` and `decay` are finite and at least
  ///   0, and for Nesterov without momentum.
  public init(momentum: Double = 0, isNesterov: Bool = false, decay: WeightDecay = 0.0) throws(UnfoldError) {
    try requireConstant("momentum", momentum)
    try requireConstant("weight decay", decay.rate)
    guard !isNesterov || momentum > 0 else {
      throw .invalidArgument("momentum", expected: "more than 0 for Nesterov's method", found: "\(momentum)")
    }
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.decay = decay
    moments = MomentStore(count: momentum > 0 ? 1 : 0)
  }

  public var memory: OptimizerMemory<Scalar> {
    get { moments.memory }
    set { moments.memory = newValue }
  }

  /// See ``Optimizer/step(_:learningRate:context:)``.
  public func step(
    _ parameters: [Parameter<Scalar>], learningRate: Double, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try moments.step(parameters, context: context) { parameter, _ in
      update(of: parameter, learningRate * parameter.rateFactor)
    }
  }

  private func update(of parameter: Parameter<Scalar>, _ learningRate: Double) -> Update<Scalar> {
    Update(
      rate: Scalar(learningRate), momentum: Scalar(momentum), decay: Scalar(decay.rate(for: parameter)),
      isNesterov: isNesterov)
  }
}

/// The inner loops.
private struct Update<Scalar: TensorScalar>: ParameterUpdate {
  let rate, momentum, decay: Scalar
  let isNesterov: Bool

  /// ```
  /// |g| <= G + decay W      |v| <= momentum V + |g|      |w| <= W + rate |v|, Nesterov: W + rate (|g| + momentum |v|)
  /// ```
  func bounds(gradient: Double, _ bounds: StepBounds) -> StepBounds {
    let momentum = Double(momentum)
    let size = gradient + Double(decay) * bounds.weights
    let velocity = momentum * bounds.first + size
    let step = isNesterov ? size + momentum * velocity : velocity
    return StepBounds(
      weights: bounds.weights + Double(rate).magnitude * step, first: momentum > 0 ? velocity : 0,
      between: max(step, size))
  }

  func apply(
    _ w: UnsafeMutablePointer<Scalar>, _ g: UnsafePointer<Scalar>, _ m: UnsafeMutablePointer<Scalar>,
    _ v: UnsafeMutablePointer<Scalar>, _ count: Int, _ context: ExecutionContext
  ) {
    if momentum == 0 {
      plain(w, g, count, context)
    } else if isNesterov {
      nesterov(w, g, m, count, context)
    } else {
      heavyBall(w, g, m, count, context)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func plain(
    _ w: UnsafeMutablePointer<Scalar>, _ g: UnsafePointer<Scalar>, _ count: Int, _ context: ExecutionContext
  ) {
    forEachChunk(of: count, context: context) { range in
      for i in range { w[i] -= rate * (g[i] + decay * w[i]) }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func heavyBall(
    _ w: UnsafeMutablePointer<Scalar>, _ g: UnsafePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, _ count: Int,
    _ context: ExecutionContext
  ) {
    forEachChunk(of: count, context: context) { range in
      for i in range {
        let velocity = momentum * v[i] + (g[i] + decay * w[i])
        v[i] = velocity
        w[i] -= rate * velocity
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func nesterov(
    _ w: UnsafeMutablePointer<Scalar>, _ g: UnsafePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, _ count: Int,
    _ context: ExecutionContext
  ) {
    forEachChunk(of: count, context: context) { range in
      for i in range {
        let gradient = g[i] + decay * w[i]
        let velocity = momentum * v[i] + gradient
        v[i] = velocity
        w[i] -= rate * (gradient + momentum * velocity)
      }
    }
  }
}
