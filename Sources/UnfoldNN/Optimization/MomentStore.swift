import Unfold

/// The state of an optimiser for one parameter.
///
/// A class, so that a step can write to both moments in place.
final class Moments<Scalar: TensorScalar> {
  /// The parameter's.
  let name: String
  /// The steps done with it.
  private(set) var steps: Int
  /// Whether it is zeros for a first step that has not been done and may still be refused.
  fileprivate private(set) var isEmpty: Bool
  /// Of the parameter's shape; nil where the optimiser has none.
  var first: Tensor<Scalar>?
  var second: Tensor<Scalar>?
  /// The bounds of the numbers before a step, valid unless the parameter has changed since.
  var bounds: StepBounds?

  init(name: String, steps: Int, isEmpty: Bool, first: Tensor<Scalar>?, second: Tensor<Scalar>?) {
    self.name = name
    self.isEmpty = isEmpty
    self.steps = max(0, steps)
    self.first = first
    self.second = second
  }

  /// Counts a step. The count saturates, because a file may hold `Int.max`.
  func countStep() {
    isEmpty = false
    if steps < .max { steps += 1 }
  }
}

/// The state of an optimiser for all parameters that it has seen, by their names.
struct MomentStore<Scalar: TensorScalar> {
  /// The moments that are kept of a parameter: 0 to 2.
  let count: Int
  /// The states of the current step's parameters, in their order.
  private(set) var current: [Moments<Scalar>] = []
  /// All, in the order in which their parameters came first.
  private var all: [Moments<Scalar>] = []
  private var named: [String: Moments<Scalar>] = [:]

  init(count: Int) { self.count = count }

  /// Finds the moments of a step's parameters, and makes zeros for those that come for the first time. Allocates
  /// nothing where they are those of the step before.
  ///
  /// - Throws: `UnfoldError` for two parameters of one name, for another shape than before, and where memory is short.
  private mutating func find(_ parameters: [Parameter<Scalar>]) throws(UnfoldError) {
    if !isCurrent(parameters) {
      var (found, added) = ([Moments<Scalar>](), [Moments<Scalar>]())
      var names: Set<String> = []
      for parameter in parameters {
        guard names.insert(parameter.name).inserted else {
          throw .invalidArgument(
            "parameters of an optimiser", expected: "no two of one name", found: "\(parameter.name) twice")
        }
        if let moments = named[parameter.name] {
          found.append(moments)
        } else {
          let moments = Moments<Scalar>(
            name: parameter.name, steps: 0, isEmpty: true,
            first: count > 0 ? try Tensor(zeros: parameter.value.shape) : nil,
            second: count > 1 ? try Tensor(zeros: parameter.value.shape) : nil)
          found.append(moments)
          added.append(moments)
        }
      }
      for moments in added { named[moments.name] = moments }
      all += added
      current = found
    }
    // A loop over indices: a sequence of pairs allocates in code that is not specialised, and this runs at every step.
    for index in current.indices {
      try current[index].requireShape(of: parameters[index])
    }
  }

  /// Does a step, or changes nothing. `update` gives the new values of a parameter; it is called twice for each.
  ///
  /// - Throws: `UnfoldError` for gradients, weights or moments that would not be finite, for two parameters of one
  ///   name, for another shape than before, and where memory is short.
  mutating func step<Update: ParameterUpdate<Scalar>>(
    _ parameters: [Parameter<Scalar>], context: ExecutionContext,
    _ update: (Parameter<Scalar>, Moments<Scalar>) -> Update
  ) throws(UnfoldError) {
    try parameters.requireGradients(context: context)
    try find(parameters)
    // All are checked before the first is changed.
    for index in parameters.indices {
      let (parameter, moments) = (parameters[index], current[index])
      try update(parameter, moments).requireFinite(parameter, moments, context)
    }
    for index in parameters.indices {
      let (parameter, moments) = (parameters[index], current[index])
      update(parameter, moments).apply(parameter, moments, context)
    }
  }

  private func isCurrent(_ parameters: [Parameter<Scalar>]) -> Bool {
    guard current.count == parameters.count else { return false }
    for index in current.indices where current[index].name != parameters[index].name { return false }
    return true
  }

  /// The whole state. Entries with another number of moments are those of another kind of optimiser, and are ignored.
  var memory: OptimizerMemory<Scalar> {
    get {
      guard count > 0 else { return OptimizerMemory() }
      return OptimizerMemory(
        all.filter { !$0.isEmpty }.map {
          OptimizerMemory.Entry(parameter: $0.name, steps: $0.steps, moments: [$0.first, $0.second].compactMap(\.self))
        })
    }
    set {
      (current, all, named) = ([], [], [:])
      for entry in newValue.entries where entry.moments.count == count && named[entry.parameter] == nil {
        let moments = Moments(
          name: entry.parameter, steps: entry.steps, isEmpty: false, first: entry.moments.first,
          second: entry.moments.dropFirst().first)
        all.append(moments)
        named[entry.parameter] = moments
      }
    }
  }
}

extension Moments {
  fileprivate func requireShape(of parameter: Parameter<Scalar>) throws(UnfoldError) {
    let shape = parameter.value.shape
    if let first, first.shape != shape { throw .shapeMismatch(of: name, expected: first.shape, found: shape) }
    if let second, second.shape != shape { throw .shapeMismatch(of: name, expected: second.shape, found: shape) }
  }
}
