import Testing
import Unfold

/// Expects the same bits from 1, 2, 3 and 8 threads.
func expectSameBitsForAllThreads<Scalar: TensorScalar>(
  _ name: String, _ run: (ExecutionContext) throws -> [Tensor<Scalar>]
) throws {
  let results = try contextsOfAllSizes().map(run)
  for (threads, result) in zip([1, 2, 3, 8], results) {
    for (index, (found, expected)) in zip(result, results[0]).enumerated() {
      #expect(found.hasSameBits(as: expected), "\(name), result \(index) with \(threads) threads")
    }
  }
}

/// Expects a gradient to be the derivative of `sum of weights * operation(input)`, for every element of the input, within
/// 1e-6 of its magnitude, or of `floor` where that is more.
func expectDerivative(
  _ gradient: Tensor<Double>, of input: Tensor<Double>, weights: Tensor<Double>, step: Double = 1e-3,
  floor: Double = 1, _ name: String, _ operation: (Tensor<Double>) throws -> Tensor<Double>
) throws {
  let gradient = gradient.elements
  for index in 0..<input.count {
    let difference = try input.centralDifference(of: index, step: step, weights: weights, operation)
    #expect(
      abs(difference - gradient[index]) <= 1e-6 * max(floor, abs(difference)),
      "\(name), element \(index) at \(input.elements[index]): \(gradient[index]) for \(difference)")
  }
}

extension UnaryOperator {
  /// The output and the input gradient, each written over NaN.
  func overNaN<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, _ outputGradient: Tensor<Scalar>
  ) throws -> (output: Tensor<Scalar>, inputGradient: Tensor<Scalar>) {
    var output: Tensor<Scalar> = try .poisoned(outputShape)
    var gradient: Tensor<Scalar> = try .poisoned(inputShape)
    try forward(input, into: &output, context: .shared)
    try inputGradient(outputGradient, into: &gradient, context: .shared)
    return (output, gradient)
  }
}

extension MaximumPooling {
  /// The maxima, their positions and the input gradient, written over NaN.
  func maximumOverNaN<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, _ outputGradient: Tensor<Scalar>
  ) throws -> (output: Tensor<Scalar>, saved: Positions, inputGradient: Tensor<Scalar>) {
    var output: Tensor<Scalar> = try .poisoned(outputShape)
    var saved = try emptyPositions()
    try maximum(input, into: &output, saved: &saved, context: .shared)
    var gradient: Tensor<Scalar> = try .poisoned(inputShape)
    try maximumInputGradient(outputGradient, saved: saved, into: &gradient, context: .shared)
    return (output, saved, gradient)
  }
}

/// Expects an operator to refuse each of its tensors where it has the shape of the other side, and to name it.
func expectRefusals(by unary: some UnaryOperator, _ name: String) throws {
  let (input, output) = (try Tensor<Float>(zeros: unary.inputShape), try Tensor<Float>(zeros: unary.outputShape))
  var (x, y) = (input, output)
  expectRefusal("\(name) input") { _ = try unary.forward(output) }
  expectRefusal("\(name) output") { try unary.forward(input, into: &x, context: .shared) }
  expectRefusal("\(name) output gradient") { _ = try unary.inputGradient(input) }
  expectRefusal("\(name) input gradient") { try unary.inputGradient(output, into: &y, context: .shared) }
}

/// Expects an operation to be refused, and the message to name the argument.
func expectRefusal(_ name: String, _ operation: () throws -> Void) {
  do {
    try operation()
    Issue.record("\(name) was accepted")
  } catch let error as UnfoldError {
    switch error {
    case .invalidArgument(name, _, _), .shapeMismatch(name, _, _), .tooLarge(name, _, _): break
    default: Issue.record("expected \(name) to be named, found: \(error)")
    }
  } catch {
    Issue.record("expected an UnfoldError, found: \(error)")
  }
}

/// Expects an argument to be refused as invalid, by exactly this name.
func expectInvalid(_ name: String, _ operation: () throws(UnfoldError) -> Void) {
  do throws(UnfoldError) {
    try operation()
    Issue.record("\(name) was accepted")
  } catch {
    guard case .invalidArgument(let found, _, _) = error else {
      Issue.record("\(name): found \(error)")
      return
    }
    #expect(found == name, "\(error)")
  }
}
