import Unfold

/// A rule that changes parameters by their gradients.
///
/// An optimiser keeps a state for each parameter (a velocity, moments), by the parameter's name. A parameter that a
/// step leaves out keeps its state; one that comes later begins without.
public protocol Optimizer<Scalar>: AnyObject {
  /// The network's element type.
  associatedtype Scalar: TensorScalar

  /// Changes every parameter by its gradient, in place.
  ///
  /// - Parameters:
  ///   - parameters: Those to change, no two of one name.
  ///   - learningRate: The step's rate, see ``Schedule``; that of a parameter is ``Parameter/rateFactor`` times it.
  ///   - context: The threads that share the work. The result does not depend on their number.
  /// - Throws: `UnfoldError.notFinite(_:found:)` where a gradient, or a number after the step, is infinite or NaN;
  ///   `UnfoldError` for parameters without gradients and where memory is short. Nothing has changed then.
  /// - Complexity: One pass over the gradients and one over the parameters; memory-bandwidth bound.
  func step(_ parameters: [Parameter<Scalar>], learningRate: Double, context: ExecutionContext) throws(UnfoldError)

  /// The state that it keeps from step to step, and that a checkpoint holds.
  var memory: OptimizerMemory<Scalar> { get set }
}

/// The state of an optimiser, parameter by parameter.
public struct OptimizerMemory<Scalar: TensorScalar>: Equatable {
  /// The state for one parameter.
  public struct Entry: Equatable {
    /// The parameter's name.
    public var parameter: String
    /// The steps done with it.
    public var steps: Int
    /// Velocities, moments; always as many for one kind of optimiser.
    public var moments: [Tensor<Scalar>]

    /// An entry.
    public init(parameter: String, steps: Int, moments: [Tensor<Scalar>]) {
      self.parameter = parameter
      self.steps = steps
      self.moments = moments
    }
  }

  /// One a parameter, no two of one name; none before the first step.
  public var entries: [Entry]

  /// A state.
  public init(_ entries: [Entry] = []) { self.entries = entries }
}

/// How weight decay is applied.
public struct WeightDecay: Hashable, Sendable {
  /// What the decay multiplies the weights by: the gradient grows by `rate` times the value, or, in AdamW (see
  /// ``Adam``), the value shrinks by `learningRate * rate`.
  public var rate: Double
  /// Whether biases decay too. PyTorch decays every parameter by default.
  public var appliesToBiases: Bool

  /// A decay. No decay at all is `0`.
  public init(_ rate: Double, appliesToBiases: Bool = true) {
    self.rate = rate
    self.appliesToBiases = appliesToBiases
  }

  func rate<Scalar>(for parameter: Parameter<Scalar>) -> Double {
    !appliesToBiases && [.bias, .scale].contains(parameter.role) ? 0 : rate * parameter.decayFactor
  }
}

extension WeightDecay: ExpressibleByFloatLiteral {
  /// The same decay for every parameter.
  public init(floatLiteral value: Double) { self.init(value) }
}

/// The elements of one task: small enough to share a small network between threads, large enough to be worth a task.
private let chunk = 16_384

/// Calls `body` with the ranges that `count` elements are cut into, on all threads. The cuts depend on `count` alone.
@inline(__always)
func forEachChunk(of count: Int, context: ExecutionContext, _ body: (Range<Int>) -> Void) {
  context.forEach((count + chunk - 1) / chunk) { task, _ in
    body(task * chunk..<min((task + 1) * chunk, count))
  }
}

/// Throws unless an optimiser's constant is a number that it can work with.
func requireConstant(_ name: String, _ value: Double, below limit: Double = .infinity) throws(UnfoldError) {
  guard value >= 0, value < limit else {
    throw .invalidArgument(
      name, expected: limit.isFinite ? "at least 0 and below \(limit)" : "a finite number of at least 0",
      found: value.messageText)
  }
}
