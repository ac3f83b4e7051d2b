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

/// Expects a gradient to be the derivative of `sum of weights * operation(input)`, for every element of the input.
func expectDerivative(
  _ gradient: Tensor<Double>, of input: Tensor<Double>, weights: Tensor<Double>, _ name: String,
  _ operation: (Tensor<Double>) throws -> Tensor<Double>
) throws {
  let gradient = gradient.elements
  for index in 0..<input.count {
    let difference = try input.centralDifference(of: index, step: 1e-3, weights: weights, operation)
    #expect(abs(difference - gradient[index]) <= 1e-6 * max(1, abs(difference)), "\(name), element \(index)")
  }
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
