import Glibc
import Unfold

/// Adam and AdamW, as PyTorch defines them. With t counted from 1:
///
/// ```
/// g <- gradient + decay w              coupled decay (Adam)
/// w <- w - rate decay w                decoupled decay (AdamW)
/// m <- β1 m + (1 - β1) g
/// v <- β2 v + (1 - β2) g²
/// w <- w - rate (m / (1 - β1^t)) / (√(v / (1 - β2^t)) + ε)
/// ```
///
/// Sources: Kingma and Ba 2015; Loshchilov and Hutter 2019.
public final class Adam<Scalar: TensorScalar>: Optimizer {
  /// Where weight decay acts.
  public enum DecayCoupling: Hashable, Sendable {
    /// It is added to the gradient, and so enters the moments: Adam.
    case coupled
    /// It shrinks the weights directly: AdamW.
    case decoupled
  }

  /// β1, the part of the first moment that survives a step.
  public let beta1: Double
  /// β2, the part of the second moment that survives a step.
  public let beta2: Double
  /// ε, which keeps the quotient finite.
  public let epsilon: Double
  /// The weight decay.
  public let decay: WeightDecay
  /// Where it acts.
  public let coupling: DecayCoupling

  private var moments = MomentStore<Scalar>(count: 2)

  /// An optimiser with its constants.
  ///
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` unless `beta1` and `beta2` lie in 0 ..< 1 and
  ///   `epsilon` and `decay` are finite and at least 0, `epsilon` 0 or a number that `Scalar` holds: one that was 0 only
  ///   there would not keep the quotient finite.
  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, decay: WeightDecay = 0.0,
    coupling: DecayCoupling = .coupled
  ) throws(UnfoldError) {
    try requireConstant("beta1", beta1, below: 1)
    try requireConstant("beta2", beta2, below: 1)
    try requireConstant("epsilon", epsilon)
    let held = Double(Scalar.leastNonzeroMagnitude)...Double(Scalar.greatestFiniteMagnitude)
    guard epsilon == 0 || held.contains(epsilon) else {
      throw .invalidArgument(
        "epsilon", expected: "0, or \(held.lowerBound) to \(held.upperBound), which \(Scalar.self) holds",
        found: "\(epsilon)")
    }
    try requireConstant("weight decay", decay.rate)
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    (self.decay, self.coupling) = (decay, coupling)
  }

  public var memory: OptimizerMemory<Scalar> {
    get { moments.memory }
    set { moments.memory = newValue }
  }

  /// See ``Optimizer/step(_:learningRate:context:)``.
  ///
  /// A gradient whose square is infinite is refused: the second moment would be infinite from then on, and the weight
  /// would never move again.
  public func step(
    _ parameters: [Parameter<Scalar>], learningRate: Double, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try moments.step(parameters, context: context) { update(of: $0, $1, learningRate * $0.rateFactor) }
  }

  private func update(
    of parameter: Parameter<Scalar>, _ moments: Moments<Scalar>, _ learningRate: Double
  ) -> AdamUpdate<Scalar> {
    // The corrections of both moments are one factor for the step and one for the root, computed once in Double.
    let step = Double(moments.steps) + 1
    let correction1 = 1 - pow(beta1, step)
    let correction2 = (1 - pow(beta2, step)).squareRoot()
    let rate = decay.rate(for: parameter)
    return AdamUpdate(
      beta1: Scalar(beta1), rest1: Scalar(1 - beta1), beta2: Scalar(beta2), rest2: Scalar(1 - beta2),
      size: Scalar(learningRate / correction1), root: Scalar(1 / correction2), epsilon: Scalar(epsilon),
      coupled: Scalar(coupling == .coupled ? rate : 0),
      kept: Scalar(coupling == .decoupled ? 1 - learningRate * rate : 1))
  }
}

/// The inner loop.
private struct AdamUpdate<Scalar: TensorScalar>: ParameterUpdate {
  let beta1, rest1, beta2, rest2: Scalar
  let size, root, epsilon: Scalar
  let coupled, kept: Scalar

  /// ```
  /// |g| <= G + decay W      |m| <= β1 M + (1 - β1) |g|      v <= β2 V + (1 - β2) g²      |w| <= kept W + rate |m| / ε
  /// ```
  func bounds(gradient: Double, _ bounds: StepBounds) -> StepBounds {
    let size = gradient + Double(coupled) * bounds.weights
    let first = Double(beta1) * bounds.first + Double(rest1) * size
    let second = Double(beta2) * bounds.second + Double(rest2) * size * size
    let step = Double(self.size).magnitude * first
    return StepBounds(
      weights: Double(kept).magnitude * bounds.weights + step / Double(epsilon), first: first, second: second,
      between: max(size, step, Double(root) * second.squareRoot()))
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func apply(
    _ w: UnsafeMutablePointer<Scalar>, _ g: UnsafePointer<Scalar>, _ m: UnsafeMutablePointer<Scalar>,
    _ v: UnsafeMutablePointer<Scalar>, _ count: Int, _ context: ExecutionContext
  ) {
    forEachChunk(of: count, context: context) { range in
      for i in range {
        let gradient = g[i] + coupled * w[i]
        let first = beta1 * m[i] + rest1 * gradient
        let second = beta2 * v[i] + rest2 * gradient * gradient
        m[i] = first
        v[i] = second
        // The magnitude of the moment, which is never negative: without it, the square root of each element is a call
        // that may set errno, and the loop does not vectorise.
        w[i] = kept * w[i] - size * first / (second.magnitude.squareRoot() * root + epsilon)
      }
    }
  }
}
