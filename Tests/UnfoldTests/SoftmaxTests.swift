import Testing
import UnfoldReference

@testable import Unfold

@Suite(.serialized) struct SoftmaxTests {
  private static let both = [Softmax.probabilities, .logarithms]

  private func random<Scalar: TensorScalar>(_ shape: Shape, _ seed: UInt64, times scale: Scalar) throws
    -> Tensor<Scalar>
  {
    var generator = SeededGenerator(seed: seed)
    let elements = try Tensor<Scalar>(random: shape, &generator).elements
    return try Tensor(shape: shape) { elements[$0] * scale }
  }

  private func compare<Scalar: TensorScalar>(_ softmax: Softmax, _ type: Scalar.Type) throws {
    // A few roundings relative to the largest of scores (±9), gradients and probabilities, plus those of the sums.
    let tolerance = 8 * Double(Scalar.ulpOfOne)
    // From rows of one class to rows longer than a task, around the four partial sums and the vector length.
    let shapes: [Shape] = [
      [7], [1, 1], [5, 1], [3, 2], [9, 3], [2, 4], [17, 5], [6, 10], [2, 3, 5, 7], [3, 33],
      [3000, 10], [2, 9001],
    ]
    for (seed, shape) in shapes.enumerated() {
      let z: Tensor<Scalar> = try random(shape, UInt64(seed), times: 9)
      let dy: Tensor<Scalar> = try random(shape, UInt64(seed) + 50, times: 2)
      var y = try Tensor<Scalar>.poisoned(shape)
      try softmax.forward(z, into: &y)
      let expected = try softmax.reference.forward(z.converted(to: Double.self))
      #expect(try y.converted(to: Double.self).largestDifference(to: expected) <= tolerance, "\(softmax) \(shape)")
      #expect(try softmax.forward(z).hasSameBits(as: y), "\(softmax) \(shape)")
      if softmax == .probabilities {
        for row in 0..<z.count / (shape.extents.last ?? 1) {
          let classes = shape.extents.last ?? 1
          let sum = y.elements[row * classes..<(row + 1) * classes].reduce(0) { $0 + Double($1) }
          #expect(abs(sum - 1) <= tolerance, "\(shape) row \(row)")
          if row > 20 { break }
        }
      }

      // The reference's Jacobian is quadratic in the classes.
      guard (shape.extents.last ?? 1) < 1000, z.count < 1000 else { continue }
      var dz = try Tensor<Scalar>.poisoned(shape)
      try softmax.inputGradient(dy, output: y, into: &dz)
      let slope = try softmax.reference.inputGradient(
        dy.converted(to: Double.self), output: y.converted(to: Double.self))
      #expect(try dz.converted(to: Double.self).largestDifference(to: slope) <= tolerance, "\(softmax) \(shape)")
      #expect(try softmax.inputGradient(dy, output: y).hasSameBits(as: dz), "\(softmax) \(shape)")
    }
  }

  @Test(arguments: both) func matchesReference(_ softmax: Softmax) throws {
    try compare(softmax, Float.self)
    try compare(softmax, Double.self)
  }

  @Test func handComputedRow() throws {
    let z = try Tensor<Double>([0, 1.0986122886681098, -.infinity], shape: [1, 3])
    let y = try Softmax.probabilities.forward(z)
    #expect(y.largestDifference(to: try Tensor([0.25, 0.75, 0], shape: [1, 3])) < 1e-15)
    #expect(y.elements[2] == 0)
    #expect(try Softmax.logarithms.forward(z).elements[2] == -.infinity)
    // dz = y (dy - mean) with mean = 0.25 * 4 + 0.75 * 8 = 7.
    let dz = try Softmax.probabilities.inputGradient(Tensor([4, 8, 5], shape: [1, 3]), output: y)
    #expect(dz.largestDifference(to: try Tensor([-0.75, 0.75, 0], shape: [1, 3])) < 1e-15)
  }

  @Test(arguments: both) func matchesFiniteDifferences(_ softmax: Softmax) throws {
    let z: Tensor<Double> = try random([3, 7], 3, times: 3)
    let weights: Tensor<Double> = try random([3, 7], 4, times: 2)
    let gradient = try softmax.inputGradient(weights, output: softmax.forward(z))
    try expectDerivative(gradient, of: z, weights: weights, step: 1e-5, floor: 0.01, "\(softmax)") {
      try softmax.forward($0)
    }
  }

  @Test func matchesPyTorch() throws {
    let fixtures = try ActivationFixtures.load()
    #expect(fixtures.softmax.count == 2)
    for fixture in fixtures.softmax {
      let softmax: Softmax = fixture.name == "logarithms" ? .logarithms : .probabilities
      let shape = Shape(fixture.shape ?? [])
      let z = try Tensor<Double>(fixture.input, shape: shape)
      let y = try softmax.forward(z)
      #expect(y.largestDifference(to: try Tensor(fixture.output, shape: shape)) < 1e-14, "\(softmax)")
      let dz = try softmax.inputGradient(Tensor(fixture.outputGradient, shape: shape), output: y)
      #expect(dz.largestDifference(to: try Tensor(fixture.inputGradient, shape: shape)) < 1e-14, "\(softmax)")

      let single = try softmax.forward(z.converted(to: Float.self))
      #expect(single.largestDifference(to: try Tensor(doubles: fixture.output, shape: shape)) < 3e-7, "\(softmax)")
    }
  }

  /// Large scores neither overflow nor lose the differences between them.
  @Test func isStable() throws {
    for offset in [Float(0), 1e4, -1e4] {
      let z = try Tensor<Float>([offset + 2, offset, offset - 2], shape: [1, 3])
      let y = try Softmax.probabilities.forward(z)
      let expected = try Tensor<Float>([0.866_813_3, 0.117_310_43, 0.015_876_24], shape: [1, 3])
      #expect(y.largestDifference(to: expected) < 3e-7, "\(offset)")
    }
    let far = try Tensor<Float>([3e38, -3e38], shape: [1, 2])
    #expect(try Softmax.probabilities.forward(far).elements == [1, 0])
    let logarithms = try Softmax.logarithms.forward(Tensor<Float>([0, -200], shape: [1, 2]))
    #expect(logarithms.elements == [0, -200])
  }

  /// NaN, +infinity and nothing but -infinity make a row NaN, and that row alone.
  @Test(arguments: both) func rowsWithoutDistributionAreNaN(_ softmax: Softmax) throws {
    for classes in [1, 3, 4, 9, 18] {
      for position in 0..<classes {
        for bad in [Float.nan, .infinity] {
          var z = try Tensor<Float>(repeating: 1, shape: [3, classes])
          z[1, position] = bad
          let y = try softmax.forward(z).elements
          for i in 0..<y.count {
            #expect(y[i].isNaN == (i / classes == 1), "\(softmax) \(classes) \(position) \(bad) \(i)")
          }
          var dy = try Tensor<Float>(repeating: 1, shape: [3, classes])
          dy[1, position] = .nan
          let clean = try softmax.forward(Tensor<Float>(repeating: 1, shape: [3, classes]))
          let dz = try softmax.inputGradient(dy, output: clean).elements
          for i in 0..<y.count { #expect(dz[i].isNaN == (i / classes == 1), "\(softmax) \(classes) \(position)") }
        }
      }
      let y = try softmax.forward(Tensor<Float>(repeating: -.infinity, shape: [2, classes]))
      #expect(y.elements.allSatisfy { $0.isNaN }, "\(softmax) \(classes)")
    }
  }

  @Test(arguments: both) func doesNotDependOnThreads(_ softmax: Softmax) throws {
    for shape in [[5_000, 10], [7, 40_001]] as [Shape] {
      let z: Tensor<Float> = try random(shape, 8, times: 9)
      let dy: Tensor<Float> = try random(shape, 9, times: 1)
      let y = try softmax.forward(z)
      let dz = try softmax.inputGradient(dy, output: y)
      for context in try contextsOfAllSizes() {
        #expect(try softmax.forward(z, context: context).hasSameBits(as: y), "\(shape) \(context.threads)")
        let again = try softmax.inputGradient(dy, output: y, context: context)
        #expect(again.hasSameBits(as: dz), "\(shape) \(context.threads)")
      }
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    let scalar = try Tensor<Float>(zeros: [])
    #expect(throws: UnfoldError.self) { try Softmax.probabilities.forward(scalar) }
    let z = try Tensor<Float>(zeros: [2, 3])
    var other = try Tensor<Float>(zeros: [3, 2])
    #expect(throws: UnfoldError.self) { try Softmax.logarithms.forward(z, into: &other) }
    #expect(throws: UnfoldError.self) { try Softmax.logarithms.inputGradient(other, output: z) }
    #expect(throws: UnfoldError.self) { try Softmax.logarithms.inputGradient(z, output: z, into: &other) }
  }
}
