import Foundation
import Testing
import Unfold

@testable import UnfoldNN

/// The fixture that `Tests/Fixtures/generate_optimisers.py` writes.
private struct OptimizerFixture: Decodable {
  struct Values: Decodable {
    let weights, bias: [Double]
  }
  struct Step: Decodable {
    let weights, bias: [Double]
    let rate: Double
  }
  struct Case: Decodable {
    let name, kind: String
    let momentum: Double
    let nesterov: Bool
    let decay: Double
    let biasDecay: Bool
    let beta1, beta2, epsilon: Double
    let values: [Values]

    func optimizer<Scalar: TensorScalar>(_ type: Scalar.Type) throws -> any Optimizer<Scalar> {
      let decay = WeightDecay(decay, appliesToBiases: biasDecay)
      return switch kind {
      case "SGD": try GradientDescent<Scalar>(momentum: momentum, isNesterov: nesterov, decay: decay)
      case "Adam": try Adam<Scalar>(beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay)
      default:
        try Adam<Scalar>(beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay, coupling: .decoupled)
      }
    }
  }
  let weights, bias: [Double]
  let steps: [Step]
  let cases: [Case]

  static func load() throws -> OptimizerFixture {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/optimisers.json")
    return try JSONDecoder().decode(OptimizerFixture.self, from: Data(contentsOf: file))
  }
}

@Suite struct OptimizerTests {
  @Test func everyStepEqualsPyTorchs() throws {
    let fixture = try OptimizerFixture.load()
    #expect(fixture.cases.count == 12)
    for testCase in fixture.cases {
      try compare(testCase, fixture, Double.self, tolerance: 1e-13)
      try compare(testCase, fixture, Float.self, tolerance: 2e-6)
    }
  }

  private func compare<Scalar: TensorScalar>(
    _ testCase: OptimizerFixture.Case, _ fixture: OptimizerFixture, _ type: Scalar.Type, tolerance: Double
  ) throws {
    func tensor(_ values: [Double]) throws -> Tensor<Scalar> {
      try Tensor(values.map { Scalar($0) }, shape: [values.count])
    }
    let optimizer = try testCase.optimizer(Scalar.self)
    let weights = try Parameter("fc1.weight", role: .weights(), value: tensor(fixture.weights))
    let bias = try Parameter("fc1.bias", role: .bias, value: tensor(fixture.bias))
    for (index, step) in fixture.steps.enumerated() {
      weights.gradient = try tensor(step.weights)
      bias.gradient = try tensor(step.bias)
      try optimizer.step([weights, bias], learningRate: step.rate, context: .shared)
      let found = (weights.value.elements + bias.value.elements).map { Double($0) }
      let expected = testCase.values[index].weights + testCase.values[index].bias
      for (found, expected) in zip(found, expected) {
        #expect(
          abs(found - expected) <= tolerance * max(1, abs(expected)),
          "\(testCase.name) in \(Scalar.self), step \(index): expected \(expected), found \(found)")
      }
    }
  }

  @Test(arguments: [1, 16_383, 16_384, 50_001]) func threadsDoNotChangeABit(count: Int) throws {
    let makers: [@Sendable () throws -> any Optimizer<Float>] = [
      { try GradientDescent(decay: 0.01) },
      { try GradientDescent(momentum: 0.9, decay: 0.01) },
      { try GradientDescent(momentum: 0.9, isNesterov: true) },
      { try Adam(decay: 0.01) },
    ]
    for (index, maker) in makers.enumerated() {
      var expected: [Float]?
      for threads in [1, 2, 3, 8] {
        let context = try ExecutionContext(threads: threads)
        var generator = SeededGenerator(seed: 5)
        let optimizer = try maker()
        let parameter = try Parameter<Float>(
          "w", role: .weights(), value: Tensor(shape: [count]) { _ in generator.normal() })
        for _ in 0..<3 {
          parameter.gradient = try Tensor(shape: [count]) { _ in generator.normal() }
          try optimizer.step([parameter], learningRate: 0.1, context: context)
        }
        let found = parameter.value.elements
        #expect(found == expected ?? found, "optimiser \(index), \(threads) threads, \(count) elements")
        expected = found
      }
    }
  }

  @Test func valuesAreChangedInPlace() throws {
    let parameter = try Parameter<Float>("w", role: .weights(), value: Tensor(zeros: [1000]))
    parameter.gradient = try Tensor(repeating: 1, shape: [1000])
    let optimizer = try Adam<Float>()
    let address = parameter.value.withUnsafeBufferPointer { $0.baseAddress }
    for _ in 0..<3 { try optimizer.step([parameter], learningRate: 0.1) }
    #expect(parameter.value.withUnsafeBufferPointer { $0.baseAddress } == address)
  }

  @Test func constantsOutOfRangeAreRefused() throws {
    #expect(throws: UnfoldError.self) { try GradientDescent<Float>(momentum: -0.1) }
    #expect(throws: UnfoldError.self) { try GradientDescent<Float>(momentum: .nan) }
    #expect(throws: UnfoldError.self) { try GradientDescent<Float>(isNesterov: true) }
    #expect(throws: UnfoldError.self) { try GradientDescent<Float>(decay: WeightDecay(-.infinity)) }
    #expect(throws: UnfoldError.self) { try Adam<Float>(beta1: 1) }
    #expect(throws: UnfoldError.self) { try Adam<Float>(beta2: -0.5) }
    #expect(throws: UnfoldError.self) { try Adam<Float>(epsilon: .infinity) }
  }

  /// Above 0 in Double but 0 in Float, an epsilon would leave a quotient of 0 by 0: weights without gradients became NaN.
  @Test func anEpsilonThatIsNoFloatIsRefused() throws {
    for (epsilon, text) in [(1e-46, "1e-46"), (5e-324, "5e-324"), (1e39, "1e+39")] {
      let error = #expect(throws: UnfoldError.self) { try Adam<Float>(epsilon: epsilon) }
      let expected = "0, or 1.401298464324817e-45 to 3.4028234663852886e+38, which Float holds"
      #expect(error == .invalidArgument("epsilon", expected: expected, found: text))
      _ = try Adam<Double>(epsilon: epsilon)
    }
    let parameter = try Parameter<Float>("w", role: .weights(), value: Tensor(repeating: 1, shape: [9]))
    parameter.gradient = try Tensor(zeros: [9])
    for epsilon in [1.5e-45, 3.4e38] {
      try Adam<Float>(epsilon: epsilon).step([parameter], learningRate: 0.1)
      #expect(parameter.value.elements == [Float](repeating: 1, count: 9))
    }
  }

  @Test func parametersThatDoNotFitAreRefused() throws {
    let optimizer = try Adam<Float>()
    let parameter = try Parameter<Float>("w", role: .weights(), value: Tensor(zeros: [3]))
    let other = try Parameter<Float>("w", role: .weights(), value: Tensor(zeros: [4]))
    #expect(throws: UnfoldError.self, "no backward pass has left a gradient") {
      try optimizer.step([parameter], learningRate: 0.1)
    }
    for parameter in [parameter, other] { parameter.gradient = try Tensor(zeros: parameter.value.shape) }
    try optimizer.step([parameter], learningRate: 0.1)
    #expect(throws: UnfoldError.self) { try optimizer.step([other], learningRate: 0.1) }
    #expect(throws: UnfoldError.self) { try optimizer.step([parameter, other], learningRate: 0.1) }
    parameter.gradient = try Tensor(zeros: [2])
    #expect(throws: UnfoldError.self) { try optimizer.step([parameter], learningRate: 0.1) }
  }
}
