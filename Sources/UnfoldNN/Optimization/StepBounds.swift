import Glibc
import Unfold

/// Upper bounds for the numbers of a parameter. They show, without another pass over the weights, that a step leaves
/// all of them finite.
///
/// ```
/// |gradient| <= G, |w| <= W, |m| <= M     =>     |w| <= W + rate (β1 M + (1 - β1) G) / ε     and so on, see each optimiser
/// ```
///
/// G is measured in every step, by the pass that finds infinite gradients anyway. W and M follow from the step; they
/// are measured only when something else changed the weights, or when the bound has become too large to be useful.
struct StepBounds {
  /// Of the weights.
  var weights: Double
  /// Of the first moment, or of the velocity.
  var first = 0.0
  /// Of the second moment.
  var second = 0.0
  /// Of all intermediate results.
  var between = 0.0
  /// The parameter, and how often it had been changed, when this was true.
  var owner: ObjectIdentifier?
  var changes: UInt64 = 0

  /// The bounds, with room for the rounding of the step.
  func rounded() -> StepBounds {
    var rounded = self
    rounded.weights *= 1 + 1e-6
    rounded.first *= 1 + 1e-6
    rounded.second *= 1 + 1e-6
    return rounded
  }

  /// Whether all numbers are finite for certain. False where a bound is NaN.
  func areFinite<Scalar: TensorScalar>(in type: Scalar.Type) -> Bool {
    let limit = Double(Scalar.greatestFiniteMagnitude) / 16
    return weights <= limit && first <= limit && second <= limit && between <= limit
  }
}

/// The arithmetic of one step of one parameter, element by element.
protocol ParameterUpdate<Scalar> {
  associatedtype Scalar: TensorScalar

  /// The bounds after the step.
  ///
  /// - Parameters:
  ///   - gradient: That of the gradient.
  ///   - bounds: Those before the step.
  func bounds(gradient: Double, _ bounds: StepBounds) -> StepBounds

  /// Does the step for elements that lie side by side: weights, gradient, moments.
  func apply(
    _ w: UnsafeMutablePointer<Scalar>, _ g: UnsafePointer<Scalar>, _ m: UnsafeMutablePointer<Scalar>,
    _ v: UnsafeMutablePointer<Scalar>, _ count: Int, _ context: ExecutionContext)
}

extension ParameterUpdate {
  /// Throws where the step would leave a weight or a moment that is infinite or NaN. Changes none of them.
  ///
  /// - Complexity: One pass over the gradient, if it has not been measured yet.
  func requireFinite(
    _ parameter: Parameter<Scalar>, _ moments: Moments<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let gradient = Double(parameter.largestGradient(context: context))
    if let known = moments.bounds, known.owner == ObjectIdentifier(parameter), known.changes == parameter.changes {
      let after = bounds(gradient: gradient, known).rounded()
      if after.areFinite(in: Scalar.self) {
        moments.bounds = after
        return
      }
    }
    let measured = StepBounds(
      weights: Double(parameter.value.largestMagnitude(context: context)),
      first: Double(moments.first?.largestMagnitude(context: context) ?? 0),
      second: Double(moments.second?.largestMagnitude(context: context) ?? 0))
    let after = bounds(gradient: gradient, measured).rounded()
    if after.areFinite(in: Scalar.self) {
      moments.bounds = after
    } else {
      moments.bounds = nil
      try tryOut(parameter, moments, context)
    }
  }

  /// Does the step.
  func apply(_ parameter: Parameter<Scalar>, _ moments: Moments<Scalar>, _ context: ExecutionContext) {
    let count = parameter.value.count
    // Pointers into memory that the moments alone own.
    let (m, v) = (base(&moments.first), base(&moments.second))
    parameter.value.withUnsafeMutableBufferPointer { value in
      parameter.gradient.withUnsafeBufferPointer { gradient in
        guard let w = value.baseAddress, let g = gradient.baseAddress else { return }
        apply(w, g, m ?? w, v ?? w, count, context)
      }
    }
    moments.countStep()
    moments.bounds?.owner = ObjectIdentifier(parameter)
    moments.bounds?.changes = parameter.changes
  }

  private func base(_ tensor: inout Tensor<Scalar>?) -> UnsafeMutablePointer<Scalar>? {
    tensor?.withUnsafeMutableBufferPointer { $0.baseAddress }
  }

  /// Does the step on copies, some elements at a time, and throws at the first number that is not finite. It is exact
  /// and slow, and only used where the bounds are not sufficient.
  private func tryOut(
    _ parameter: Parameter<Scalar>, _ moments: Moments<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let (length, count) = (4096, parameter.value.count)
    // Weights, first and second moments, side by side.
    var copies = [Scalar](repeating: 0, count: 3 * length)
    for start in stride(from: 0, to: count, by: length) {
      let part = min(length, count - start)
      func copy(_ tensor: Tensor<Scalar>?, to place: Int) {
        tensor?.withUnsafeBufferPointer { source in
          for i in 0..<part { copies[place * length + i] = source[start + i] }
        }
      }
      copy(parameter.value, to: 0)
      copy(moments.first, to: 1)
      copy(moments.second, to: 2)
      let failure = copies.withUnsafeMutableBufferPointer { copies -> Int? in
        parameter.gradient.withUnsafeBufferPointer { gradient in
          guard let w = copies.baseAddress, let g = gradient.baseAddress else { return nil }
          apply(w, g + start, w + length, w + 2 * length, part, context)
          return (0..<3 * length).first { $0 % length < part && !copies[$0].isFinite }
        }
      }
      if let failure {
        let element = start + failure % length
        let gradient = parameter.gradient.withUnsafeBufferPointer { $0[element] }
        throw .notFinite(
          ["weight", "first moment", "second moment"][failure / length] + " of \(parameter.name) after a step",
          found: "\(copies[failure].messageText) at element \(element), whose gradient is \(gradient.messageText)")
      }
    }
  }
}
