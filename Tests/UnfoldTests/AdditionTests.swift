import Testing
import UnfoldReference

@testable import Unfold

/// Addition and multiplication against their definitions and finite differences.
@Suite struct AdditionTests {
  static let shapes: [Shape] = [[1], [3, 5], [2, 1, 1, 7], [1, 7, 9, 33], [3, 129, 131, 3]]

  @Test func byHand() throws {
    let a = try Tensor<Float>([1, -2, 3, 0], shape: [4])
    let b = try Tensor<Float>([1, 1, -5, 0], shape: [4])
    #expect(try Addition.identity.forward(a, b).elements == [2, -1, -2, 0])
    let output = try Addition.relu.forward(a, b)
    #expect(output.elements == [2, 0, 0, 0])
    let dy = try Tensor<Float>([5, 6, 7, 8], shape: [4])
    #expect(try Addition.relu.inputGradient(dy, output: output).elements == [5, 0, 0, 0])
    #expect(try Addition.identity.inputGradient(dy, output: output).elements == [5, 6, 7, 8])
    #expect(try Multiplication().forward(a, b).elements == [1, -2, -15, 0])
    let (ofA, ofB) = try Multiplication().inputGradients(dy, a, b)
    #expect(ofA.elements == [5, 6, -35, 0])
    #expect(ofB.elements == [5, -12, 21, 0])
  }

  @Test(arguments: [Addition.identity, .relu]) func referenceInFloat(_ addition: Addition) throws {
    try checkAddition(Float.self, addition)
  }
  @Test(arguments: [Addition.identity, .relu]) func referenceInDouble(_ addition: Addition) throws {
    try checkAddition(Double.self, addition)
  }

  private func checkAddition<Scalar: TensorScalar>(_ type: Scalar.Type, _ addition: Addition) throws {
    var generator = SeededGenerator(seed: 21)
    for shape in Self.shapes {
      let a: Tensor<Scalar> = try Tensor(random: shape, &generator)
      let b: Tensor<Scalar> = try Tensor(random: shape, &generator)
      let dy: Tensor<Scalar> = try Tensor(random: shape, &generator)
      let expected = try addition.reference.forward(a, b)
      var output: Tensor<Scalar> = try .poisoned(shape)
      try addition.forward(a, b, into: &output)
      #expect(output == expected, "\(addition) \(shape)")
      var sum = a
      try addition.apply(to: &sum, adding: b)
      #expect(sum == expected, "\(addition) \(shape), in place")
      #expect(a != sum || shape == [1], "a copy must not change")

      let expectedGradient = try addition.reference.inputGradient(dy, output: output)
      var gradient: Tensor<Scalar> = try .poisoned(shape)
      try addition.inputGradient(dy, output: output, into: &gradient)
      #expect(gradient == expectedGradient, "\(addition) \(shape)")
      gradient = dy
      try addition.applyGradient(to: &gradient, output: output)
      #expect(gradient == expectedGradient, "\(addition) \(shape), in place")
    }
  }

  @Test func multiplicationByReference() throws {
    var generator = SeededGenerator(seed: 22)
    for shape in Self.shapes {
      let a: Tensor<Float> = try Tensor(random: shape, &generator)
      let b: Tensor<Float> = try Tensor(random: shape, &generator)
      let dy: Tensor<Float> = try Tensor(random: shape, &generator)
      let expected = try Multiplication().reference.forward(a, b)
      var output: Tensor<Float> = try .poisoned(shape)
      try Multiplication().forward(a, b, into: &output)
      #expect(output == expected, "\(shape)")
      var product = a
      try Multiplication().apply(to: &product, multiplyingBy: b)
      #expect(product == expected, "\(shape), in place")
      let gradients = try Multiplication().reference.inputGradients(dy, a, b)
      var ofA: Tensor<Float> = try .poisoned(shape)
      var ofB: Tensor<Float> = try .poisoned(shape)
      try Multiplication().inputGradients(dy, a, b, into: &ofA, &ofB)
      #expect(ofA == gradients.first && ofB == gradients.second, "\(shape)")
    }
  }

  @Test func finiteDifferences() throws {
    var generator = SeededGenerator(seed: 23)
    let shape: Shape = [2, 3, 5, 3]
    let a: Tensor<Double> = try Tensor(random: shape, &generator)
    // No sum lies within 0.1 of relu's corner.
    let b: Tensor<Double> = try Tensor(shape: shape) { index in
      let sum = generator.uniform(as: Double.self) + 0.1
      return (index % 3 == 0 ? -sum : sum) - a.elements[index]
    }
    let weights: Tensor<Double> = try Tensor(random: shape, &generator)
    let (ofA, ofB) = try Multiplication().inputGradients(weights, a, b)
    try expectDerivative(ofA, of: a, weights: weights, "first factor") { try Multiplication().forward($0, b) }
    try expectDerivative(ofB, of: b, weights: weights, "second factor") { try Multiplication().forward(a, $0) }
    for addition in [Addition.identity, .relu] {
      let output = try addition.forward(a, b)
      let gradient = try addition.inputGradient(weights, output: output)
      // Away from the corner of relu by more than the step.
      #expect(zip(a.elements, b.elements).allSatisfy { abs($0 + $1) > 2e-3 })
      try expectDerivative(gradient, of: a, weights: weights, "\(addition)") { try addition.forward($0, b) }
      try expectDerivative(gradient, of: b, weights: weights, "\(addition)") { try addition.forward(a, $0) }
    }
  }

  @Test func nanPasses() throws {
    let a = try Tensor<Float>([.nan, 1, -1], shape: [3])
    let b = try Tensor<Float>([-1, .nan, -1], shape: [3])
    for addition in [Addition.identity, .relu] {
      let output = try addition.forward(a, b)
      #expect(output.elements[0].isNaN && output.elements[1].isNaN && !output.elements[2].isNaN, "\(addition)")
      var sum = a
      try addition.apply(to: &sum, adding: b)
      #expect(sum.hasSameBits(as: output), "\(addition)")
    }
    let output = try Addition.relu.forward(a, b)
    let gradient = try Addition.relu.inputGradient(try Tensor(repeating: 1, shape: [3]), output: output).elements
    #expect(gradient[0].isNaN && gradient[1].isNaN && gradient[2] == 0)
    let product = try Multiplication().forward(a, b).elements
    #expect(product[0].isNaN && product[1].isNaN && product[2] == 1)
  }

  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 24)
    let shape: Shape = [3, 67, 71, 13]
    let a: Tensor<Float> = try Tensor(random: shape, &generator)
    let b: Tensor<Float> = try Tensor(random: shape, &generator)
    #expect(ElementRuns(count: a.count).tasks > 3)
    try expectSameBitsForAllThreads("addition") { context in
      let output = try Addition.relu.forward(a, b, context: context)
      var sum = a
      try Addition.identity.apply(to: &sum, adding: b, context: context)
      let gradients = try Multiplication().inputGradients(sum, a, b, context: context)
      let gradient = try Addition.relu.inputGradient(sum, output: output, context: context)
      return [output, sum, gradient, gradients.first, gradients.second]
    }
  }

  @Test func tensorsThatDoNotFit() throws {
    let a = try Tensor<Float>(zeros: [2, 3])
    let other = try Tensor<Float>(zeros: [3, 2])
    var target = a
    var wrong = other
    expectRefusal("second term") { _ = try Addition.identity.forward(a, other) }
    expectRefusal("sum") { try Addition.relu.forward(a, a, into: &wrong) }
    expectRefusal("term") { try Addition.relu.apply(to: &target, adding: other) }
    expectRefusal("gradient of the sum") { _ = try Addition.relu.inputGradient(a, output: other) }
    expectRefusal("gradient of the sum") { try Addition.identity.applyGradient(to: &target, output: other) }
    expectRefusal("gradient of the terms") { try Addition.relu.inputGradient(a, output: a, into: &wrong) }
    expectRefusal("second factor") { _ = try Multiplication().forward(a, other) }
    expectRefusal("product") { try Multiplication().forward(a, a, into: &wrong) }
    expectRefusal("factor") { try Multiplication().apply(to: &target, multiplyingBy: other) }
    expectRefusal("gradient of the product") { _ = try Multiplication().inputGradients(other, a, a) }
    expectRefusal("gradient of the first factor") {
      try Multiplication().inputGradients(a, a, a, into: &wrong, &target)
    }
    expectRefusal("gradient of the second factor") {
      try Multiplication().inputGradients(a, a, a, into: &target, &wrong)
    }
  }
}
