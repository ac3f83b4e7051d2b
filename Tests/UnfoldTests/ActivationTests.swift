import Testing
import UnfoldReference

@testable import Unfold

@Suite struct ActivationTests {
  /// Elements in [-8, 8) with the edges of the formulas among them.
  private func scores<Scalar: TensorScalar>(_ shape: Shape, _ seed: UInt64) throws -> Tensor<Scalar> {
    var generator = SeededGenerator(seed: seed)
    let random = try Tensor<Scalar>(random: shape, &generator)
    let elements = random.elements
    let edges: [Scalar] = [0, 1, -1, 3, -3, 6, 30, -30, 85, -85, 1e-6, -1e-6]
    return try Tensor(shape: shape) { i in i % 7 == 3 ? edges[i % edges.count] : 8 * elements[i] }
  }

  /// Odd sizes: none, less than a vector, a vector and a remainder, a task more or less an element, several tasks.
  private static let shapes: [Shape] = [[1], [3, 5], [2, 3, 5, 7], [32_767], [32_769], [3, 31, 33, 37]]

  /// Expects a change in place to give the bits of the other form.
  private func expect<Scalar: TensorScalar>(
    _ name: String, _ tensor: Tensor<Scalar>, becomes expected: Tensor<Scalar>,
    _ change: (inout Tensor<Scalar>) throws -> Void
  ) throws {
    var inPlace = tensor
    try change(&inPlace)
    #expect(inPlace.hasSameBits(as: expected), "\(name)")
  }

  private func compare<Scalar: TensorScalar>(_ test: ActivationCase, _ type: Scalar.Type) throws {
    // Float: at most 2.5 ulp of the function, and a rounding for each of the few operations around it. Double: the C
    // library's on both sides, and a reference that subtracts without care.
    let bound = (Scalar.self == Float.self ? 6 : 64) * Double(Scalar.ulpOfOne)
    for (seed, shape) in Self.shapes.enumerated() {
      let z: Tensor<Scalar> = try scores(shape, UInt64(seed))
      let dy: Tensor<Scalar> = try scores(shape, UInt64(seed) + 100)
      let wideZ = try z.converted(to: Double.self)
      let wideDy = try dy.converted(to: Double.self)
      let ones = try Tensor<Double>(repeating: 1, shape: shape)
      let truth = try test.activation.reference.forward(wideZ).elements
      let slope = try test.activation.reference.inputGradient(ones, input: wideZ).elements

      var y = try Tensor<Scalar>.poisoned(shape)
      try test.activation.forward(z, into: &y)
      var dz = try Tensor<Scalar>.poisoned(shape)
      try test.activation.inputGradient(dy, input: z, into: &dz)
      let (input, value, gradient, outputGradient) = (wideZ.elements, y.elements, dz.elements, wideDy.elements)
      var failures = 0
      for i in 0..<z.count {
        // Subnormal results keep fewer digits: half the least normal number covers their rounding.
        let floor = Double(Scalar.leastNormalMagnitude) * Double(Scalar.ulpOfOne)
        let error = abs(Double(value[i]) - truth[i])
        let allowed = bound * test.scale(input[i], value: truth[i]) + floor
        let gradientError = abs(Double(gradient[i]) - outputGradient[i] * slope[i])
        let gradientAllowed =
          (bound * test.derivativeScale(input[i], derivative: slope[i]) + floor) * max(abs(outputGradient[i]), 1)
        if !(error <= allowed && gradientError <= gradientAllowed) {
          failures += 1
          if failures == 1 {
            Issue.record(
              "\(test) \(Scalar.self) \(shape) z \(input[i]): \(value[i]) for \(truth[i]), f' \(gradient[i]) for \(outputGradient[i]) * \(slope[i])"
            )
          }
        }
      }
      #expect(failures == 0, "\(test) \(shape)")

      // The other forms run the same loops.
      #expect(try test.activation.forward(z).hasSameBits(as: y), "\(test) \(shape)")
      #expect(try test.activation.inputGradient(dy, input: z).hasSameBits(as: dz), "\(test) \(shape)")
      try expect("\(test) \(shape)", z, becomes: y) { try test.activation.apply(to: &$0) }
      try expect("\(test) \(shape)", dy, becomes: dz) { try test.activation.applyGradient(to: &$0, input: z) }
    }
  }

  @Test(arguments: ActivationCase.all) func matchesReference(_ test: ActivationCase) throws {
    try compare(test, Float.self)
    try compare(test, Double.self)
  }

  private func compareOutputForm<Scalar: TensorScalar>(_ test: ActivationCase, _ type: Scalar.Type) throws {
    // 1 - y, y + alpha and their like round relative to 1, and y itself was rounded where it is near its limit.
    let bound = 8 * Double(Scalar.ulpOfOne)
    for (seed, shape) in Self.shapes.enumerated() {
      let z: Tensor<Scalar> = try scores(shape, UInt64(seed))
      let dy: Tensor<Scalar> = try scores(shape, UInt64(seed) + 100)
      let y = try test.activation.forward(z)
      let slope = try test.activation.reference.inputGradient(
        Tensor<Double>(repeating: 1, shape: shape), input: z.converted(to: Double.self))
      var dz = try Tensor<Scalar>.poisoned(shape)
      try test.activation.inputGradient(dy, output: y, into: &dz)
      let (outputGradient, slopes, gradient, output) = (dy.elements, slope.elements, dz.elements, y.elements)
      for i in 0..<z.count {
        let expected = Double(outputGradient[i]) * slopes[i]
        let error = abs(Double(gradient[i]) - expected)
        guard !(error <= bound * 1.5 * max(abs(Double(outputGradient[i])), 1)) else { continue }
        Issue.record("\(test) \(Scalar.self) \(shape) y \(output[i]): \(gradient[i]) for \(expected)")
        return
      }
      #expect(try test.activation.inputGradient(dy, output: y).hasSameBits(as: dz), "\(test) \(shape)")
      try expect("\(test) \(shape)", dy, becomes: dz) { try test.activation.applyGradient(to: &$0, output: y) }
    }
  }

  /// Both spellings of the gradient agree, the reference's by way of the inverse function too.
  @Test(arguments: ActivationCase.withOutputForm) func gradientFollowsFromOutput(_ test: ActivationCase) throws {
    try compareOutputForm(test, Float.self)
    try compareOutputForm(test, Double.self)
    let z = try Tensor<Double>(shape: [41]) { Double($0 - 20) / 5 }
    let dy = try Tensor<Double>(shape: [41]) { Double($0 % 5) - 2 }
    let dz = try test.activation.inputGradient(dy, output: test.activation.forward(z))
    let viaInverse = try test.activation.reference.inputGradient(dy, output: test.activation.reference.forward(z))
    #expect(dz.largestDifference(to: viaInverse) < 1e-12, "\(test)")
  }

  @Test(arguments: ActivationCase.all) func matchesFiniteDifferences(_ test: ActivationCase) throws {
    // Away from 0, ±3 and 6, where relu and its kin have a corner.
    let z = try Tensor<Double>(shape: [36]) { (Double($0) - 17.5) / 4 }
    let weights = try Tensor<Double>(shape: [36]) { Double(($0 * 7) % 11) / 4 + 0.25 }
    let gradient = try test.activation.inputGradient(weights, input: z)
    try expectDerivative(gradient, of: z, weights: weights, step: 1e-5, floor: 0.01, "\(test)") {
      try test.activation.forward($0)
    }
  }

  @Test func matchesPyTorch() throws {
    let fixtures = try ActivationFixtures.load()
    #expect(fixtures.activations.count == 12)
    for fixture in fixtures.activations {
      let parameter = fixture.parameter ?? 0
      let activation: Activation? =
        switch fixture.name {
        case "identity": .identity
        case "relu": .relu
        case "leakyRelu": .leakyRelu(slope: parameter)
        case "elu": .elu(alpha: parameter)
        case "gelu": .gelu
        case "silu": .silu
        case "sigmoid": .sigmoid
        case "tanh": .tanh
        case "softplus": .softplus
        case "relu6": .relu6
        case "hardSigmoid": .hardSigmoid
        case "hardSwish": .hardSwish
        default: nil
        }
      let tested = try #require(activation, "\(fixture.name)")
      try match(tested, fixture, Double.self, tolerance: 1e-13)
      try match(tested, fixture, Float.self, tolerance: 5e-7)
    }
  }

  private func match<Scalar: TensorScalar>(
    _ activation: Activation, _ fixture: ActivationFixtures.Elementwise, _ type: Scalar.Type, tolerance: Double
  ) throws {
    let shape: Shape = [fixture.input.count]
    let z = try Tensor<Scalar>(doubles: fixture.input, shape: shape)
    let dy = try Tensor<Scalar>(doubles: fixture.outputGradient, shape: shape)
    let y = try activation.forward(z)
    #expect(y.largestDifference(to: try Tensor(doubles: fixture.output, shape: shape)) < tolerance, "\(activation)")
    let expected = try Tensor<Scalar>(doubles: fixture.inputGradient, shape: shape)
    let dz = try activation.inputGradient(dy, input: z)
    // PyTorch rounds the sixth of this gradient to Float in double precision too.
    let tolerance = activation == .hardSigmoid ? max(tolerance, 1e-7) : tolerance
    #expect(dz.largestDifference(to: expected) < tolerance, "\(activation)")
    if activation.gradientFollowsFromOutput {
      let fromOutput = try activation.inputGradient(dy, output: y)
      #expect(fromOutput.largestDifference(to: expected) < tolerance, "\(activation) from its output")
    }
  }

  @Test(arguments: ActivationCase.all) func doesNotDependOnThreads(_ test: ActivationCase) throws {
    let shape: Shape = [5, 32_769]
    let z: Tensor<Float> = try scores(shape, 5)
    let dy: Tensor<Float> = try scores(shape, 6)
    let y = try test.activation.forward(z)
    let dz = try test.activation.inputGradient(dy, input: z)
    for context in try contextsOfAllSizes() {
      #expect(try test.activation.forward(z, context: context).hasSameBits(as: y), "\(test) \(context.threads)")
      let again = try test.activation.inputGradient(dy, input: z, context: context)
      #expect(again.hasSameBits(as: dz), "\(test) \(context.threads)")
    }
  }
}
