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
    /// It joins the gradient, and so the moments: Adam.
    case coupled
    /// It shrinks the weights by itself: AdamW.
    case decoupled
  }

  /// β1, the part of the first moment that survives a step.
  public let beta1: Double
  /// β2, the part of the second moment that survives a step.
  public let beta2: Double
  /// ε, which keeps the quotient finite.
  public let epsilon: Double
  /// The pull of the weights towards zero.
  public let decay: WeightDecay
  /// Where it acts.
  public let coupling: DecayCoupling

  private var first: [Tensor<Scalar>] = []
  private var second: [Tensor<Scalar>] = []
  private var steps = 0

  /// An optimiser with its constants.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` unless `beta1` and `beta2` lie in 0 ..< 1 and
  ///   `epsilon` and `decay` are finite and at least 0.
  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, decay: WeightDecay = 0.0,
    coupling: DecayCoupling = .coupled
  ) throws(UnfoldError) {
    try requireConstant("beta1", beta1, below: 1)
    try requireConstant("beta2", beta2, below: 1)
    try requireConstant("epsilon", epsilon)
    try requireConstant("weight decay", decay.rate)
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.decay = decay
    self.coupling = coupling
  }

  public var memory: OptimizerMemory<Scalar> {
    get { OptimizerMemory(steps: steps, moments: first.isEmpty ? [] : [first, second]) }
    set {
      steps = newValue.steps
      first = newValue.moments.first ?? []
      second = newValue.moments.dropFirst().first ?? []
    }
  }

  /// See ``Optimizer/step(_:learningRate:context:)``.
  public func step(
    _ parameters: [Parameter<Scalar>], learningRate: Double, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try requireGradients(parameters)
    try prepare(&first, for: parameters)
    try prepare(&second, for: parameters)
    steps += 1
    // The corrections of both moments are one factor for the step and one for the root, computed once in Double.
    let correction1 = 1 - pow(beta1, Double(steps))
    let correction2 = (1 - pow(beta2, Double(steps))).squareRoot()
    for index in parameters.indices {
      let parameter = parameters[index]
      let rate = decay.rate(for: parameter)
      let update = AdamUpdate(
        beta1: Scalar(beta1), rest1: Scalar(1 - beta1), beta2: Scalar(beta2), rest2: Scalar(1 - beta2),
        size: Scalar(learningRate / correction1), root: Scalar(1 / correction2), epsilon: Scalar(epsilon),
        coupled: Scalar(coupling == .coupled ? rate : 0),
        kept: Scalar(coupling == .decoupled ? 1 - learningRate * rate : 1))
      let count = parameter.value.count
      parameter.value.withUnsafeMutableBufferPointer { value in
        parameter.gradient.withUnsafeBufferPointer { gradient in
          first[index].withUnsafeMutableBufferPointer { first in
            second[index].withUnsafeMutableBufferPointer { second in
              guard let w = value.baseAddress, let g = gradient.baseAddress, let m = first.baseAddress,
                let v = second.baseAddress
              else { return }
              update.apply(w, g, m, v, count, context)
            }
          }
        }
      }
    }
  }
}

/// The inner loop.
private struct AdamUpdate<Scalar: TensorScalar> {
  let beta1: Scalar
  let rest1: Scalar
  let beta2: Scalar
  let rest2: Scalar
  let size: Scalar
  let root: Scalar
  let epsilon: Scalar
  let coupled: Scalar
  let kept: Scalar

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
        // The moment is not negative, and its magnitude says so: without that, the root of each element is a call that
        // might set errno, and the loop does not vectorise.
        w[i] = kept * w[i] - size * first / (second.magnitude.squareRoot() * root + epsilon)
      }
    }
  }
}
