import Glibc
import Testing
import UnfoldReference

@testable import Unfold

@Suite struct LossTests {
  private static let all: [Loss] = [
    .softmaxCrossEntropy, .meanSquaredError, .absoluteError, .smoothAbsoluteError(beta: 0.5), .huber(delta: 2),
    .klDivergence, .binaryCrossEntropy,
  ]

  private func random<Scalar: TensorScalar>(_ shape: Shape, _ seed: UInt64, times scale: Scalar) throws
    -> Tensor<Scalar>
  {
    var generator = SeededGenerator(seed: seed)
    let elements = try Tensor<Scalar>(random: shape, &generator).elements
    return try Tensor(shape: shape) { elements[$0] * scale }
  }

  /// Rows of probabilities with zeros among them.
  private func targets<Scalar: TensorScalar>(_ shape: Shape, _ seed: UInt64) throws -> Tensor<Scalar> {
    let elements = try Softmax.probabilities.forward(random(shape, seed, times: Scalar(3))).elements
    return try Tensor(shape: shape) { $0 % 5 == 2 ? 0 : elements[$0] }
  }

  private func compare<Scalar: TensorScalar>(_ loss: Loss, _ type: Scalar.Type) throws {
    let tolerance = 8 * Double(Scalar.ulpOfOne)
    let shapes: [Shape] = [
      [1], [5], [1, 1], [3, 2], [9, 3], [17, 10], [2, 3, 5, 7], [1, 3, 3, 33], [1000, 10], [3, 20_001],
    ]
    for (seed, shape) in shapes.enumerated() {
      // The reference sums all targets for every score: quadratic in the classes. And a score needs a class.
      if loss == .softmaxCrossEntropy, (shape.extents.last ?? 1) > 1000 || shape.rank == 1 { continue }
      let y: Tensor<Scalar> = try random(shape, UInt64(seed), times: 6)
      let d: Tensor<Scalar> = try targets(shape, UInt64(seed) + 70)
      let expected = try loss.reference.valueAndGradient(
        y.converted(to: Double.self), target: d.converted(to: Double.self))
      var gradient = try Tensor<Scalar>.poisoned(shape)
      let value = try loss.valueAndGradient(y, target: d, into: &gradient)
      // Terms have magnitudes of up to a hundred an element, and a few roundings each; the sums round once an element,
      // in Double on both sides, at random.
      let magnitude = max(abs(expected.value), 4 * Double(y.count / shape[0]))
      let allowed = (tolerance + Double.ulpOfOne * Double(y.count).squareRoot()) * magnitude
      #expect(abs(Double(value) - expected.value) <= allowed, "\(loss) \(Scalar.self) \(shape)")
      let difference = try gradient.converted(to: Double.self).largestDifference(to: expected.gradient)
      #expect(difference <= tolerance, "\(loss) \(Scalar.self) \(shape)")
      let returned = try loss.valueAndGradient(y, target: d)
      #expect(returned.value == value && returned.gradient.hasSameBits(as: gradient), "\(loss) \(shape)")
    }
  }

  @Test(arguments: all) func matchesReference(_ loss: Loss) throws {
    try compare(loss, Float.self)
    try compare(loss, Double.self)
  }

  @Test func labelsMatchReference() throws {
    for (seed, shape) in ([[1, 2], [5, 10], [3, 2, 2, 7], [2000, 10]] as [Shape]).enumerated() {
      let scores: Tensor<Float> = try random(shape, UInt64(seed), times: 5)
      let classes = shape.extents.last ?? 1
      let labels = (0..<scores.count / classes).map { ($0 * 5 + seed) % classes }
      let expected = try LabelCrossEntropy().reference.valueAndGradient(
        scores.converted(to: Double.self), labels: labels)
      var gradient = try Tensor<Float>.poisoned(shape)
      let value = try LabelCrossEntropy().valueAndGradient(scores, labels: labels, into: &gradient)
      #expect(abs(Double(value) - expected.value) <= 1e-6 * max(1, expected.value), "\(shape)")
      #expect(try gradient.converted(to: Double.self).largestDifference(to: expected.gradient) <= 5e-7, "\(shape)")
      // Each row of the gradient sums to zero: no score can be raised but at the cost of others.
      for row in 0..<min(labels.count, 20) {
        let sum = gradient.elements[row * classes..<(row + 1) * classes].reduce(0, +)
        #expect(abs(sum) < 5e-7, "\(shape) row \(row)")
      }
    }
  }

  @Test(arguments: all) func matchesFiniteDifferences(_ loss: Loss) throws {
    for shape in [[3, 5], [2, 2, 3, 4]] as [Shape] {
      let y: Tensor<Double> = try random(shape, 11, times: 3)
      let d: Tensor<Double> = try targets(shape, 12)
      let gradient = try loss.valueAndGradient(y, target: d).gradient
      let one = try Tensor<Double>([1], shape: [1])
      try expectDerivative(gradient, of: y, weights: one, step: 1e-5, floor: 0.01, "\(loss) \(shape)") {
        try Tensor([loss.valueAndGradient($0, target: d).value], shape: [1])
      }
    }
  }

  @Test func matchesPyTorch() throws {
    let fixtures = try ActivationFixtures.load()
    #expect(fixtures.losses.count == 7)
    for fixture in fixtures.losses {
      let loss = try #require(Self.all.first { "\($0)" == fixture.name })
      let shape = Shape(fixture.shape)
      let gradient = try Tensor(fixture.gradient, shape: shape)
      try match(loss, fixture, expected: gradient, tolerance: 1e-13)
      try match(loss, fixture, expected: gradient.converted(to: Float.self), tolerance: 1e-6)

      // The conversion that Loss documents for PyTorch's own reductions.
      let divisor = fixture.reduction == "mean" && loss != .softmaxCrossEntropy ? shape.extents.dropFirst() : []
      let converted = fixture.reductionValue * Double(divisor.reduce(1, *))
      #expect(abs(converted - fixture.value) < 1e-12 * max(1, fixture.value), "\(loss)")
    }
  }

  private func match<Scalar: TensorScalar>(
    _ loss: Loss, _ fixture: ActivationFixtures.Divergence, expected: Tensor<Scalar>, tolerance: Double
  ) throws {
    let shape = Shape(fixture.shape)
    let prediction = try Tensor<Scalar>(doubles: fixture.prediction, shape: shape)
    let result =
      if let labels = fixture.labels {
        try LabelCrossEntropy().valueAndGradient(prediction, labels: labels)
      } else {
        try loss.valueAndGradient(prediction, target: Tensor(doubles: fixture.target ?? [], shape: shape))
      }
    #expect(abs(Double(result.value) - fixture.value) <= tolerance * max(1, abs(fixture.value)), "\(loss)")
    #expect(result.gradient.largestDifference(to: expected) <= tolerance, "\(loss)")
  }

  @Test func handComputedValues() throws {
    // Two instances: (1 + 4) and (0 + 9), halved; gradients 2 (y - d) / 2.
    let y = try Tensor<Float>([1, 2, 5, -3], shape: [2, 2])
    let d = try Tensor<Float>([0, 4, 5, 0], shape: [2, 2])
    let squared = try Loss.meanSquaredError.valueAndGradient(y, target: d)
    #expect(squared.value == 7 && squared.gradient.elements == [1, -2, 0, -3])

    // Equal scores: log 2 for each instance; gradients (1/2 - d) / 2.
    let even = try LabelCrossEntropy().valueAndGradient(Tensor<Float>(zeros: [2, 2]), labels: [0, 1])
    #expect(abs(even.value - 0.693_147_2) < 1e-7 && even.gradient.elements == [-0.25, 0.25, 0.25, -0.25])

    // One coin, d = 1/4, logit 0: log 2; gradient 1/2 - 1/4.
    let coin = try Loss.binaryCrossEntropy.valueAndGradient(
      Tensor<Float>(zeros: [1]), target: Tensor([0.25], shape: [1]))
    #expect(abs(coin.value - 0.693_147_2) < 1e-7 && coin.gradient.elements == [0.25])

    // Nothing diverges from itself, and a certain target from even odds by log 2.
    let half = log(0.5)
    let odds = try Tensor<Double>([half, half, half, half], shape: [2, 2])
    let divergence = try Loss.klDivergence.valueAndGradient(odds, target: Tensor([0.5, 0.5, 1, 0], shape: [2, 2]))
    #expect(abs(divergence.value - log(2) / 2) < 1e-15 && divergence.gradient.elements == [-0.25, -0.25, -0.5, 0])
  }

  @Test func isStable() throws {
    // The loss of a certain and correct prediction is e^-20 and not 0; that of a wrong one is the gap of the scores.
    let certain = try Tensor<Float>([0, -20], shape: [1, 2])
    let right = try LabelCrossEntropy().valueAndGradient(certain, labels: [0])
    #expect(abs(Double(right.value) / exp(-20) - 1) < 1e-6)
    let wrong = try LabelCrossEntropy().valueAndGradient(Tensor<Float>([1e4, -1e4], shape: [1, 2]), labels: [1])
    #expect(wrong.value == 2e4 && wrong.gradient.elements == [1, -1])
    let asRow = try Loss.softmaxCrossEntropy.valueAndGradient(
      Tensor<Float>([1e4, -1e4], shape: [1, 2]), target: Tensor([0, 1], shape: [1, 2]))
    #expect(asRow.value == 2e4 && asRow.gradient.elements == [1, -1])

    for (logit, target, value, gradient) in [(1e4, 1.0, 0.0, 0.0), (1e4, 0, 1e4, 1), (-1e4, 1, 1e4, -1)] {
      let result = try Loss.binaryCrossEntropy.valueAndGradient(
        Tensor<Float>([Float(logit)], shape: [1]), target: Tensor([Float(target)], shape: [1]))
      #expect(Double(result.value) == value && result.gradient.elements == [Float(gradient)], "\(logit) \(target)")
    }
    let tiny = try Loss.binaryCrossEntropy.valueAndGradient(
      Tensor<Float>([-40], shape: [1]), target: Tensor([0], shape: [1]))
    #expect(abs(Double(tiny.value) / exp(-40) - 1) < 1e-6)
  }

  @Test(arguments: all) func doesNotDependOnThreads(_ loss: Loss) throws {
    let shape: Shape = [12_000, 11]
    let y: Tensor<Float> = try random(shape, 21, times: 4)
    let d: Tensor<Float> = try targets(shape, 22)
    let expected = try loss.valueAndGradient(y, target: d)
    let labels = (0..<12_000).map { $0 % 11 }
    for context in try contextsOfAllSizes() {
      let result = try loss.valueAndGradient(y, target: d, context: context)
      #expect(result.value == expected.value, "\(loss) \(context.threads)")
      #expect(result.gradient.hasSameBits(as: expected.gradient), "\(loss) \(context.threads)")
      guard loss == .softmaxCrossEntropy else { continue }
      let ofLabels = try LabelCrossEntropy().valueAndGradient(y, labels: labels, context: context)
      let shared = try LabelCrossEntropy().valueAndGradient(y, labels: labels)
      #expect(ofLabels.value == shared.value && ofLabels.gradient.hasSameBits(as: shared.gradient))
    }
  }
}
