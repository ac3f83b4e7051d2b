import Foundation
import Testing
import Unfold

@testable import UnfoldNN

/// No step leaves numbers that are infinite or NaN: it is refused before anything has changed.
@Suite struct FiniteStepTests {
  private static func optimizers<Scalar: TensorScalar>(
    _ type: Scalar.Type
  ) throws -> [(name: String, optimizer: any Optimizer<Scalar>)] {
    [
      ("plain", try GradientDescent<Scalar>(decay: 0.01)), ("momentum", try GradientDescent<Scalar>(momentum: 0.9)),
      ("Nesterov", try GradientDescent<Scalar>(momentum: 0.9, isNesterov: true)), ("Adam", try Adam<Scalar>()),
      ("AdamW", try Adam<Scalar>(decay: 0.01, coupling: .decoupled)),
    ]
  }

  private func parameter<Scalar: TensorScalar>(
    _ name: String, _ values: [Scalar], gradient: [Scalar]
  ) throws -> Parameter<Scalar> {
    let parameter = try Parameter<Scalar>(name, role: .weights(), value: Tensor(values, shape: [values.count]))
    parameter.gradient = try Tensor(gradient, shape: [gradient.count])
    return parameter
  }

  private func refuses<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
    for (name, optimizer) in try Self.optimizers(Scalar.self) {
      for count in [1, 31, 32, 33, 100, 20_001] {
        for bad in [Scalar.nan, .infinity, -.infinity] {
          for place in Set([0, count / 2, count - 1]) {
            let comment: Comment = "\(name), \(bad) at \(place) of \(count), \(Scalar.self)"
            let fine = try parameter("a\(count)", [Scalar](repeating: 1, count: 5), gradient: [1, 2, 3, 4, 5])
            var gradient = [Scalar](repeating: 0.5, count: count)
            gradient[place] = bad
            let broken = try parameter("b\(count)", [Scalar](repeating: 1, count: count), gradient: gradient)
            let memory = optimizer.memory
            #expect(
              throws: UnfoldError.notFinite("gradient of b\(count)", found: "\(bad) at element \(place)"), comment
            ) { try optimizer.step([fine, broken], learningRate: 0.1, context: .shared) }
            #expect(fine.value.elements == [1, 1, 1, 1, 1], comment)
            #expect(broken.value.elements.allSatisfy { $0 == 1 }, comment)
            #expect(optimizer.memory == memory, comment)
          }
        }
      }
    }
  }

  @Test func gradientsThatAreNotFiniteChangeNothing() throws {
    try refuses(Float.self)
    try refuses(Double.self)
  }

  /// 8.8e20 squared is more than a Float holds: the second moment would be infinite for ever.
  @Test func aSquareThatIsInfiniteIsRefused() throws {
    for coupling in [Adam<Float>.DecayCoupling.coupled, .decoupled] {
      let optimizer = try Adam<Float>(decay: 0.01, coupling: coupling)
      let weights = try parameter("w", [Float](repeating: 1, count: 3), gradient: [0.5, 0.5, 0.5])
      try optimizer.step([weights], learningRate: 0.1)
      let (before, memory) = (weights.value.elements, optimizer.memory)
      weights.gradient = try Tensor([0.5, 8.8e20, 0.5], shape: [3])
      #expect {
        try optimizer.step([weights], learningRate: 0.1)
      } throws: { error in
        "\(error)".contains("second moment of w") && "\(error)".contains("element 1, whose gradient is 8.8e+20")
      }
      #expect(weights.value.elements == before && optimizer.memory == memory)
      weights.gradient = try Tensor([0.5, 0.5, 0.5], shape: [3])
      try optimizer.step([weights], learningRate: 0.1)
      for (one, other) in zip(weights.value.elements, before) { #expect(one < other - 0.01, "it goes on") }
    }
  }

  @Test func weightsAndVelocitiesThatWouldOverflowAreRefused() throws {
    let large = Float(3e38)
    func expectRefusal(
      _ what: String, _ optimizer: any Optimizer<Float>, _ parameter: Parameter<Float>, rate: Double
    ) throws {
      let before = parameter.value.elements
      let memory = optimizer.memory
      #expect {
        try optimizer.step([parameter], learningRate: rate, context: .shared)
      } throws: { error in
        guard case UnfoldError.notFinite("\(what) of w after a step", _)? = error as? UnfoldError else { return false }
        return true
      }
      #expect(parameter.value.elements == before && optimizer.memory == memory, "\(what), \(rate)")
    }
    try expectRefusal("weight", GradientDescent(), parameter("w", [1, 2], gradient: [1, 1e20]), rate: 1e30)
    try expectRefusal("weight", GradientDescent(), parameter("w", [1, large], gradient: [1, -large]), rate: 1)
    try expectRefusal("weight", GradientDescent(), parameter("w", [1, 2], gradient: [0, 0]), rate: 1e300)
    try expectRefusal("weight", GradientDescent(), parameter("w", [1, 2], gradient: [1, 1]), rate: .nan)
    try expectRefusal("weight", Adam(), parameter("w", [1, 2], gradient: [1, 1]), rate: .infinity)
    try expectRefusal("weight", Adam(epsilon: 0), parameter("w", [1, 2], gradient: [1, 0]), rate: 0.1)
    // The velocity of the second step is 1.9 times 2e38.
    let descent = try GradientDescent<Float>(momentum: 0.9)
    let slow = try parameter("w", [1], gradient: [Float(2e38)])
    try descent.step([slow], learningRate: 1e-39)
    try expectRefusal("weight", descent, slow, rate: 1e-39)
    // Weights that others have put there since the step before.
    let optimizer = try GradientDescent<Float>()
    let changed = try parameter("w", [1], gradient: [Float(-1e38)])
    try optimizer.step([changed], learningRate: 1)
    changed.value = try Tensor([large], shape: [1])
    try expectRefusal("weight", optimizer, changed, rate: 1)
    // A memory that holds what no step leaves.
    var memory = try Adam<Float>().memory
    memory.entries = [
      .init(parameter: "w", steps: 1, moments: try [Tensor([0.1], shape: [1]), Tensor([.nan], shape: [1])])
    ]
    let restored = try Adam<Float>()
    restored.memory = memory
    let plain = try parameter("w", [1], gradient: [Float(1)])
    #expect(throws: UnfoldError.self) { try restored.step([plain], learningRate: 0.1) }
    #expect(plain.value.elements == [1])
  }

  /// The bounds may grow far beyond the numbers: they refuse nothing that is finite, and change no bit.
  @Test func whatIsFiniteIsDone() throws {
    for (epsilon, decay, rate) in [(1e-8, 0.1, 0.01), (0, 0, 0.01), (1e-30, 0.01, 0.1), (1e-8, 0, 1e5)] {
      var generator = SeededGenerator(seed: 9)
      let optimizer = try Adam<Float>(epsilon: epsilon, decay: WeightDecay(decay))
      let weights = try parameter("w", (0..<40).map { _ in generator.normal(as: Float.self) }, gradient: [])
      var (w, m, v) = (weights.value.elements, [Float](repeating: 0, count: 40), [Float](repeating: 0, count: 40))
      for step in 1...300 {
        let gradient = (0..<40).map { _ in 1 + generator.normal(as: Float.self) }
        weights.gradient = try Tensor(gradient, shape: [40])
        try optimizer.step([weights], learningRate: rate)
        let size = Float(rate / (1 - pow(0.9, Double(step))))
        let root = Float(1 / (1 - pow(0.999, Double(step))).squareRoot())
        for i in 0..<40 {
          let g = gradient[i] + Float(decay) * w[i]
          m[i] = Float(0.9) * m[i] + Float(1 - 0.9) * g
          v[i] = Float(0.999) * v[i] + Float(1 - 0.999) * g * g
          w[i] -= size * m[i] / (v[i].squareRoot() * root + Float(epsilon))
        }
      }
      let worst = zip(weights.value.elements, w).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .nan
      #expect(worst < 1e-4, "epsilon \(epsilon), decay \(decay), rate \(rate): \(worst)")
    }
  }

  private func measures<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
    let contexts = try [1, 2, 3].map { try ExecutionContext(threads: $0) }
    for count in [0, 1, 15, 16, 31, 32, 33, 64, 100, 16_384, 50_003] {
      for place in Set([0, count / 3, max(0, count - 1)]) where count > 0 {
        for number in [7, -7, Scalar.greatestFiniteMagnitude, -.infinity, .infinity, .nan, 0] {
          var elements = (0..<count).map { Scalar($0 % 5) - 2 }
          elements[place] = number
          let expected = number.isFinite ? max(number.magnitude, elements.map(\.magnitude).max() ?? 0) : .nan
          let tensor = try Tensor(elements, shape: [count])
          for context in contexts {
            let found = tensor.largestMagnitude(context: context)
            #expect(found == expected || found.isNaN && expected.isNaN, "\(number) at \(place) of \(count): \(found)")
          }
        }
      }
      #expect(try Tensor<Scalar>(zeros: [count]).largestMagnitude(context: .shared) == 0)
    }
  }

  @Test func magnitudesAreMeasured() throws {
    try measures(Float.self)
    try measures(Double.self)
    // Measured anew after a change, also in place.
    let weights = try parameter("w", [Float](repeating: 1, count: 3), gradient: [1, 2, 3])
    #expect(weights.largestGradient() == 3)
    weights.gradient.withUnsafeMutableBufferPointer { $0[1] = -9 }
    #expect(weights.largestGradient() == 9)
    weights.gradient[0] = .nan
    #expect(weights.largestGradient().isNaN)
  }

  @Test func normsDoNotOverflow() throws {
    func clip<Scalar: TensorScalar>(_ gradient: [Scalar], _ bound: Double) throws -> (norm: Double, after: [Double]) {
      let weights = try parameter("w", [Scalar](repeating: 0, count: gradient.count), gradient: gradient)
      let norm = try GradientClipping(bound).apply(to: [weights], context: .shared)
      return (norm, weights.gradient.elements.map { Double($0) })
    }
    func close(_ found: [Double], _ expected: [Double], _ tolerance: Double) -> Bool {
      zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * abs($1) }
    }
    let large = try clip([Float(3e20), -4e20], 5)
    #expect(close([large.norm] + large.after, [5e20, 3, -4], 1e-6), "\(large)")
    let largest = try clip([Float(3e38), 0, -3e38], 1e-7)
    #expect(close([largest.norm], [3e38 * 2.0.squareRoot()], 1e-6))
    #expect(close(largest.after, [1e-7 / 2.0.squareRoot(), 0, -1e-7 / 2.0.squareRoot()], 1e-6), "\(largest)")
    let double = try clip([3e200, -4e200], 5)
    #expect(close([double.norm] + double.after, [5e200, 3, -4], 1e-14), "\(double)")
    let huge = try clip([1e308, 1e308, 1e308, 1e308], 1)
    #expect(huge.norm == .infinity && close(huge.after, [0.5, 0.5, 0.5, 0.5], 1e-14), "\(huge)")
    let tiny = try clip([3e-200, -4e-200], 1e-200)
    #expect(close([tiny.norm] + tiny.after, [5e-200, 6e-201, -8e-201], 1e-14), "\(tiny)")
    let broken = try clip([1, Float.infinity], 0.5)
    #expect(broken.norm.isNaN && broken.after == [1, .infinity], "left for the optimiser to refuse")
  }
}
