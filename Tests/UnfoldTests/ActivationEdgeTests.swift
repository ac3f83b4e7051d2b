import Testing

@testable import Unfold

/// NaN, infinities, zero, and arguments that are refused.
@Suite struct ActivationEdgeTests {
  @Test(arguments: ActivationCase.all) func nanPropagates(_ test: ActivationCase) throws {
    // At every position of a vector and of its remainder.
    for position in 0..<19 {
      for type in 0..<2 {
        var z = try Tensor<Float>(repeating: type == 0 ? 1 : -1, shape: [19])
        let clean = z
        z[position] = .nan
        let y = try test.activation.forward(z).elements
        let dz = try test.activation.inputGradient(clean, input: z).elements
        let fromGradient = try test.activation.inputGradient(z, input: clean).elements
        for i in 0..<19 {
          #expect(y[i].isNaN == (i == position), "\(test) \(position) \(i)")
          // Identity has f'(NaN) = 1, as everywhere.
          #expect(dz[i].isNaN == (i == position && test.activation != .identity), "\(test) \(position) \(i)")
          #expect(fromGradient[i].isNaN == (i == position), "\(test) \(position) \(i)")
        }
        if test.activation.gradientFollowsFromOutput, test.activation != .identity {
          #expect(try test.activation.inputGradient(clean, output: z).elements[position].isNaN, "\(test)")
        }
      }
    }
  }

  /// PyTorch's choice, as it computes it.
  @Test func derivativeAtTheCorners() throws {
    let corners = try Tensor<Float>([-3, 0, 3, 6], shape: [4])
    let one = try Tensor<Float>(repeating: 1, shape: [4])
    let expected: [(Activation, [Float])] = [
      (.relu6, [0, 0, 1, 0]), (.hardSigmoid, [0, 1 / 6, 0, 0]), (.hardSwish, [0, 0.5, 1, 1]),
    ]
    for (activation, derivatives) in expected {
      #expect(try activation.inputGradient(one, input: corners).elements == derivatives, "\(activation)")
      guard activation.gradientFollowsFromOutput else { continue }
      let output = try activation.forward(corners)
      #expect(try activation.inputGradient(one, output: output).elements == derivatives, "\(activation) from y")
    }
  }

  @Test func derivativeAtZero() throws {
    let zero = try Tensor<Float>([0, -0.0], shape: [2])
    let one = try Tensor<Float>(repeating: 1, shape: [2])
    let expected: [(Activation, Float)] = [
      (.relu, 0), (.leakyRelu(slope: 0.25), 0.25), (.elu(alpha: 1.5), 1.5), (.gelu, 0.5), (.silu, 0.5),
      (.sigmoid, 0.25), (.tanh, 1), (.softplus, 0.5),
    ]
    for (activation, derivative) in expected {
      #expect(try activation.inputGradient(one, input: zero).elements == [derivative, derivative], "\(activation)")
    }
  }

  private func values<Scalar: TensorScalar>(_ activation: Activation, _ z: [Scalar]) throws -> [Scalar] {
    try activation.forward(Tensor(z, shape: [z.count])).elements
  }

  private func derivatives<Scalar: TensorScalar>(_ activation: Activation, _ z: [Scalar]) throws -> [Scalar] {
    let input = try Tensor(z, shape: [z.count])
    return try activation.inputGradient(Tensor(repeating: 1, shape: [z.count]), input: input).elements
  }

  private func farOut<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
    // What the function tends to, and no overflow on the way; at infinity: ActivationInfinityTests.
    let far: [Scalar] = [3e37, -3e37]
    #expect(try values(.gelu, far) == [3e37, 0])
    #expect(try values(.silu, far) == [3e37, 0])
    #expect(try values(.softplus, far) == [3e37, 0])
    #expect(try derivatives(.gelu, far) == [1, 0])
    #expect(try derivatives(.silu, far) == [1, 0])
    #expect(try derivatives(.softplus, far) == [1, 0])
  }

  @Test func limitsAreReachedFarOut() throws {
    try farOut(Float.self)
    try farOut(Double.self)
  }

  @Test func refusesParametersThatAreNotFinite() throws {
    let z = try Tensor<Float>(zeros: [3])
    for bad in [Double.nan, .infinity, -.infinity, 1e39] {
      for activation in [Activation.leakyRelu(slope: bad), .elu(alpha: bad)] {
        #expect(throws: UnfoldError.self, "\(activation)") { try activation.forward(z) }
        #expect(throws: UnfoldError.self, "\(activation)") { try activation.inputGradient(z, input: z) }
        #expect(throws: UnfoldError.self, "\(activation)") { try activation.inputGradient(z, output: z) }
        var tensor = z
        #expect(throws: UnfoldError.self, "\(activation)") { try activation.apply(to: &tensor) }
        #expect(throws: UnfoldError.self, "\(activation)") { try activation.applyGradient(to: &tensor, input: z) }
        #expect(throws: UnfoldError.self, "\(activation)") { try activation.applyGradient(to: &tensor, output: z) }
        #expect(tensor == z)
      }
    }
    let error = #expect(throws: UnfoldError.self) { try Activation.elu(alpha: .nan).validate() }
    #expect(error == .invalidArgument("alpha of elu", expected: "a finite Float", found: "nan"))
  }

  @Test func refusesWhatDoesNotFit() throws {
    let z = try Tensor<Float>(zeros: [3, 4])
    var other = try Tensor<Float>(zeros: [4, 3])
    let mismatch = UnfoldError.shapeMismatch(of: "activation output", expected: [3, 4], found: [4, 3])
    #expect(throws: mismatch) { try Activation.relu.forward(z, into: &other) }
    #expect(throws: UnfoldError.self) { try Activation.relu.inputGradient(other, input: z) }
    #expect(throws: UnfoldError.self) { try Activation.relu.inputGradient(other, output: z) }
    #expect(throws: UnfoldError.self) { try Activation.relu.applyGradient(to: &other, input: z) }
    #expect(throws: UnfoldError.self) { try Activation.relu.applyGradient(to: &other, output: z) }
    for activation in [Activation.gelu, .silu, .hardSwish, .leakyRelu(slope: -1), .elu(alpha: -1)] {
      #expect(!activation.gradientFollowsFromOutput)
      #expect(throws: UnfoldError.self, "\(activation)") { try activation.inputGradient(z, output: z) }
      #expect(throws: UnfoldError.self, "\(activation)") { try activation.applyGradient(to: &other, output: other) }
    }
  }

  /// The output may share its memory with the input until it is written.
  @Test func copiesStayIndependent() throws {
    let z = try Tensor<Float>([-1, 2], shape: [2])
    var y = z
    try Activation.relu.forward(z, into: &y)
    #expect(y.elements == [0, 2] && z.elements == [-1, 2])
    var inPlace = z
    try Activation.relu.apply(to: &inPlace)
    #expect(inPlace.elements == [0, 2] && z.elements == [-1, 2])
  }
}
