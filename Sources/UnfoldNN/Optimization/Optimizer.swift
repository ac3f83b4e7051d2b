import Unfold

/// A rule that changes parameters by their gradients.
///
/// An optimiser keeps state for each parameter (a velocity, moments), by position: it must be given the same parameters
/// in the same order at every step.
public protocol Optimizer<Scalar>: AnyObject {
  /// The network's element type.
  associatedtype Scalar: TensorScalar

  /// Changes every parameter by its gradient, in place.
  ///
  /// - Parameters:
  ///   - parameters: The same at every step.
  ///   - learningRate: The step's rate, see ``Schedule``.
  ///   - context: The threads that share the work. The result does not depend on their number.
  /// - Throws: ``UnfoldError`` where the parameters are others than at the first step, and where memory is short.
  /// - Complexity: One pass over the parameters; bound by memory.
  func step(_ parameters: [Parameter<Scalar>], learningRate: Double, context: ExecutionContext) throws(UnfoldError)

  /// What it remembers from step to step: what a checkpoint holds.
  var memory: OptimizerMemory<Scalar> { get set }
}

/// What an optimiser remembers.
public struct OptimizerMemory<Scalar: TensorScalar> {
  /// The steps done.
  public var steps: Int
  /// Lists of one tensor for each parameter: velocities, moments. No lists before the first step.
  public var moments: [[Tensor<Scalar>]]

  /// A memory.
  public init(steps: Int, moments: [[Tensor<Scalar>]]) {
    self.steps = steps
    self.moments = moments
  }
}

/// How weight decay is applied.
public struct WeightDecay: Hashable, Sendable {
  /// What the decay multiplies the weights by: the gradient grows by `rate` times the value, or, in ``AdamW``, the
  /// value shrinks by `learningRate * rate`.
  public var rate: Double
  /// Whether biases decay too. PyTorch decays every parameter unless it is told otherwise.
  public var appliesToBiases: Bool

  /// A decay. No decay at all is `0`.
  public init(_ rate: Double, appliesToBiases: Bool = true) {
    self.rate = rate
    self.appliesToBiases = appliesToBiases
  }

  func rate<Scalar>(for parameter: Parameter<Scalar>) -> Double {
    !appliesToBiases && [.bias, .scale].contains(parameter.role) ? 0 : rate
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

/// Makes the state of an optimiser at its first step, one tensor of zeros a parameter, and checks it at the others.
func prepare<Scalar>(_ state: inout [Tensor<Scalar>], for parameters: [Parameter<Scalar>]) throws(UnfoldError) {
  if state.isEmpty {
    for parameter in parameters { state.append(try Tensor(zeros: parameter.value.shape)) }
  }
  guard state.count == parameters.count else {
    throw .invalidArgument(
      "parameters", expected: "the \(state.count) of the optimiser's first step", found: "\(parameters.count)")
  }
  // By index: a sequence of pairs allocates in code that is not specialised, and this runs at every step.
  for index in state.indices where state[index].shape != parameters[index].value.shape {
    throw .shapeMismatch(
      of: parameters[index].name, expected: state[index].shape, found: parameters[index].value.shape)
  }
}

func requireGradients<Scalar>(_ parameters: [Parameter<Scalar>]) throws(UnfoldError) {
  for parameter in parameters where parameter.gradient.shape != parameter.value.shape {
    throw .shapeMismatch(
      of: "gradient of \(parameter.name)", expected: parameter.value.shape, found: parameter.gradient.shape)
  }
}

/// Throws unless an optimiser's constant is a number that it can work with.
func requireConstant(_ name: String, _ value: Double, below limit: Double = .infinity) throws(UnfoldError) {
  guard value >= 0, value < limit else {
    throw .invalidArgument(
      name, expected: limit.isFinite ? "at least 0 and below \(limit)" : "a finite number of at least 0",
      found: "\(value)")
  }
}
