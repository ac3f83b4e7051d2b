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
  /// The pull of the weights towards zero.
  public let decay: WeightDecay

  private var velocity: [Tensor<Scalar>] = []

  /// An optimiser with its constants.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` unless `momentum` and `decay` are finite and at least
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
  }

  public var memory: OptimizerMemory<Scalar> {
    // The steps do not matter to it.
    get { OptimizerMemory(steps: 0, moments: velocity.isEmpty ? [] : [velocity]) }
    set { velocity = newValue.moments.first ?? [] }
  }

  /// See ``Optimizer/step(_:learningRate:context:)``.
  public func step(
    _ parameters: [Parameter<Scalar>], learningRate: Double, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireGradients(parameters)
    // A velocity of zeros makes the first step what it should be: momentum 0 + g = g.
    if momentum > 0 { try prepare(&velocity, for: parameters) }
    for index in parameters.indices {
      let parameter = parameters[index]
      let update = Update(
        rate: Scalar(learningRate), momentum: Scalar(momentum), decay: Scalar(decay.rate(for: parameter)))
      let count = parameter.value.count
      parameter.value.withUnsafeMutableBufferPointer { value in
        parameter.gradient.withUnsafeBufferPointer { gradient in
          guard let w = value.baseAddress, let g = gradient.baseAddress else { return }
          if momentum == 0 {
            update.plain(w, g, count, context)
          } else {
            velocity[index].withUnsafeMutableBufferPointer { velocity in
              guard let v = velocity.baseAddress else { return }
              if isNesterov {
                update.nesterov(w, g, v, count, context)
              } else {
                update.momentum(w, g, v, count, context)
              }
            }
          }
        }
      }
    }
  }
}

/// The inner loops.
private struct Update<Scalar: TensorScalar> {
  let rate: Scalar
  let momentum: Scalar
  let decay: Scalar

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
  func momentum(
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
