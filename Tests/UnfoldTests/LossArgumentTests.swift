import Testing
import UnfoldReference

@testable import Unfold

/// Weights, labels to ignore, divisors and terms that are not averaged.
@Suite struct LossArgumentTests {
  /// PyTorch's values, written by `Tests/Fixtures/generate_losses.py`.
  struct Fixtures: Decodable {
    struct Case: Decodable {
      let loss, reduction: String
      let shape: [Int]
      let prediction, values, gradient: [Double]
      let target: [Double]?
      let labels: [Int]?
      let smoothing: Double?
      let parameter: Double?
      let classWeights: [Double]?
      let positiveWeights: [Double]?
      let ignored: Int?
    }

    let losses: [Case]
  }

  private func loss(_ item: Fixtures.Case) throws -> Loss {
    switch item.loss {
    case "softmaxCrossEntropy": return .softmaxCrossEntropy
    case "meanSquaredError": return .meanSquaredError
    case "absoluteError": return .absoluteError
    case "smoothAbsoluteError": return .smoothAbsoluteError(beta: try #require(item.parameter))
    case "huber": return .huber(delta: try #require(item.parameter))
    case "klDivergence": return .klDivergence
    default: return .binaryCrossEntropy
    }
  }

  @Test func pyTorchAgrees() throws {
    let cases: Fixtures = try Fixture.load("losses")
    #expect(cases.losses.count == 96)
    for (index, item) in cases.losses.enumerated() {
      try match(index, item, Double.self, within: 1e-13)
      try match(index, item, Float.self, within: 2e-6)
    }
  }

  private func match<Scalar: TensorScalar>(
    _ index: Int, _ item: Fixtures.Case, _ type: Scalar.Type, within tolerance: Double
  ) throws {
    let loss = try loss(item)
    let name = "case \(index), \(loss), \(item.reduction), \(Scalar.self)"
    let shape = Shape(item.shape)
    let prediction = try Tensor<Scalar>(doubles: item.prediction, shape: shape)
    let averaging: LossAveraging =
      item.reduction != "mean" ? .sum : item.labels != nil ? .weights : loss == .softmaxCrossEntropy ? .rows : .elements
    var gradient: Tensor<Scalar> = try .poisoned(shape)
    let value: Scalar
    let reference: (value: Scalar, gradient: Tensor<Scalar>)
    var terms: Tensor<Scalar>?
    if let labels = item.labels {
      let loss = LabelCrossEntropy(
        smoothing: item.smoothing ?? 0, classWeights: item.classWeights, ignoring: item.ignored, averaging: averaging)
      value = try loss.valueAndGradient(prediction, labels: labels, into: &gradient)
      reference = try loss.reference.valueAndGradient(prediction, labels: labels)
      if item.reduction == "none" { (terms, gradient) = try loss.termsAndGradient(prediction, labels: labels) }
    } else {
      let target = try Tensor<Scalar>(doubles: try #require(item.target), shape: shape)
      value = try loss.valueAndGradient(
        prediction, target: target, classWeights: item.classWeights, positiveWeights: item.positiveWeights,
        averaging: averaging, into: &gradient)
      reference = try loss.reference.valueAndGradient(
        prediction, target: target, classWeights: item.classWeights, positiveWeights: item.positiveWeights,
        averaging: averaging)
      if item.reduction == "none" {
        (terms, gradient) = try loss.termsAndGradient(
          prediction, target: target, classWeights: item.classWeights, positiveWeights: item.positiveWeights)
      }
    }
    let expected = try Tensor<Scalar>(doubles: item.gradient, shape: shape)
    #expect(gradient.largestDifference(to: expected) <= tolerance, "\(name)")
    #expect(reference.gradient.largestDifference(to: expected) <= tolerance, "\(name), reference")
    let sum = item.values.reduce(0, +)
    #expect(abs(Double(value) - sum) <= tolerance * max(1, abs(sum)), "\(name): \(value) for \(sum)")
    #expect(abs(Double(reference.value) - sum) <= tolerance * max(1, abs(sum)), "\(name), reference")
    if let terms {
      let rows = loss == .softmaxCrossEntropy ? Shape(item.shape.dropLast()) : shape
      #expect(
        terms.largestDifference(to: try Tensor(doubles: item.values, shape: rows)) <= tolerance, "\(name), terms")
    }
  }

  /// Two classes of weights 1 and 3, equal scores: (1 log 2 + 3 log 2) / 4.
  @Test func weightedMeanByHand() throws {
    let scores = try Tensor<Float>(zeros: [2, 2])
    let mean = try LabelCrossEntropy(classWeights: [1, 3], averaging: .weights).valueAndGradient(
      scores, labels: [0, 1])
    #expect(abs(mean.value - 0.693_147_2) < 1e-7, "\(mean.value)")
    #expect(mean.gradient.elements == [-0.125, 0.125, 0.375, -0.375])
    let sum = try LabelCrossEntropy(classWeights: [1, 3], averaging: .sum).valueAndGradient(scores, labels: [0, 1])
    #expect(abs(sum.value - 4 * 0.693_147_2) < 1e-6 && sum.gradient.elements == [-0.5, 0.5, 1.5, -1.5])
    // The positive half of a coin counts five times.
    let coin = try Loss.binaryCrossEntropy.valueAndGradient(
      Tensor<Float>(zeros: [1, 2]), target: Tensor([1, 0], shape: [1, 2]), positiveWeights: [5, 5])
    #expect(abs(coin.value - 6 * 0.693_147_2) < 1e-6 && coin.gradient.elements == [-2.5, 0.5])
  }

  /// What is ignored or weighs nothing is left out, whatever it holds; a mean of nothing is 0, where PyTorch has NaN.
  @Test func ignoredRowsAreLeftOut() throws {
    let scores = try Tensor<Float>([0, 0, .nan, .infinity, 0, 0], shape: [3, 2])
    for (ignored, weights) in [(7, nil), (7, [1, 1]), (-100, nil)] as [(Int, [Double]?)] {
      var gradient: Tensor<Float> = try .poisoned([3, 2])
      let value = try LabelCrossEntropy(classWeights: weights, ignoring: ignored, averaging: .weights).valueAndGradient(
        scores, labels: [0, ignored, 1], into: &gradient)
      #expect(abs(value - 0.693_147_2) < 1e-7, "\(value)")
      #expect(gradient.elements == [-0.25, 0.25, 0, 0, 0.25, -0.25])
    }
    let weighted = try LabelCrossEntropy(classWeights: [0, 2], averaging: .weights).valueAndGradient(
      scores, labels: [1, 0, 1])
    #expect(abs(weighted.value - 0.693_147_2) < 1e-7 && weighted.gradient.elements == [0.25, -0.25, 0, 0, 0.25, -0.25])
    for smoothing in [0, 0.1] {
      var gradient: Tensor<Float> = try .poisoned([3, 2])
      let value = try LabelCrossEntropy(smoothing: smoothing, ignoring: 9, averaging: .weights).valueAndGradient(
        scores, labels: [9, 9, 9], into: &gradient)
      #expect(value == 0 && gradient.elements == Array(repeating: 0, count: 6), "\(value) \(gradient)")
    }
    let (terms, _) = try LabelCrossEntropy(ignoring: 9).termsAndGradient(scores, labels: [0, 9, 1])
    #expect(terms.shape == [3] && terms.elements[1] == 0 && abs(terms.elements[0] - 0.693_147_2) < 1e-7)

    // Elements that weigh nothing, in the middle of a row.
    let y = try Tensor<Float>([1, .nan, 2, 1, .infinity, 2], shape: [2, 3])
    let squares = try Loss.meanSquaredError.valueAndGradient(
      y, target: Tensor(zeros: [2, 3]), classWeights: [1, 0, 2], averaging: .sum)
    #expect(squares.value == 18 && squares.gradient.elements == [2, 0, 8, 2, 0, 8], "\(squares)")
  }

  /// Long rows and short ones, so that a block begins at any class.
  @Test(arguments: [Loss.absoluteError, .smoothAbsoluteError(beta: 0.3), .huber(delta: 0.7), .binaryCrossEntropy])
  func weightsFindTheirClass(_ loss: Loss) throws {
    for classes in [1, 3, 7, 2_047, 2_049, 5_000] {
      var generator = SeededGenerator(seed: UInt64(classes))
      let shape: Shape = [3 + 10_000 / classes, classes]
      let y: Tensor<Float> = try Tensor(random: shape, &generator)
      let d = try Tensor<Float>(shape: shape) { _ in generator.uniform(as: Float.self) }
      let weights = (0..<classes).map { Double(($0 + 3) % 11) / 4 }
      let positives = loss == .binaryCrossEntropy ? (0..<classes).map { Double($0 % 5) } : nil
      let found = try loss.valueAndGradient(
        y, target: d, classWeights: weights, positiveWeights: positives, averaging: .sum)
      let expected = try loss.reference.valueAndGradient(
        y.converted(to: Double.self), target: d.converted(to: Double.self), classWeights: weights,
        positiveWeights: positives, averaging: .sum)
      #expect(abs(Double(found.value) - expected.value) <= 1e-6 * expected.value, "\(loss) \(shape)")
      #expect(
        try found.gradient.converted(to: Double.self).largestDifference(to: expected.gradient) <= 1e-6,
        "\(loss) \(shape)")
    }
  }

  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 9)
    let y: Tensor<Float> = try Tensor(random: [9_000, 11], &generator)
    let d = try Tensor<Float>(shape: y.shape) { _ in generator.uniform(as: Float.self) }
    let weights = (0..<11).map { 1 + Double($0) }
    let labels = (0..<9_000).map { $0 % 13 == 0 ? -1 : $0 % 11 }
    try expectSameBitsForAllThreads("losses with weights") { context in
      let (terms, gradient) = try Loss.binaryCrossEntropy.termsAndGradient(
        y, target: d, classWeights: weights, positiveWeights: weights, context: context)
      let rows = try Loss.softmaxCrossEntropy.valueAndGradient(
        y, target: d, classWeights: weights, averaging: .rows, context: context)
      let ofLabels = try LabelCrossEntropy(smoothing: 0.1, classWeights: weights, ignoring: -1, averaging: .weights)
        .valueAndGradient(y, labels: labels, context: context)
      let values = try Tensor<Float>([rows.value, ofLabels.value], shape: [2])
      return [terms, gradient, rows.gradient, ofLabels.gradient, values]
    }
  }

  @Test func badArguments() throws {
    let y = try Tensor<Float>(zeros: [2, 3])
    let all = Loss.softmaxCrossEntropy
    expectRefusal("class weights") {
      _ = try LabelCrossEntropy(classWeights: [1, 2]).valueAndGradient(y, labels: [0, 1])
    }
    expectRefusal("class weights") { _ = try Loss.absoluteError.valueAndGradient(y, target: y, classWeights: []) }
    expectRefusal("number 1 of the class weights") {
      _ = try LabelCrossEntropy(classWeights: [1, -2, 1]).valueAndGradient(y, labels: [0, 1])
    }
    expectRefusal("number 2 of the class weights") {
      _ = try all.termsAndGradient(y, target: y, classWeights: [1, 2, .nan])
    }
    // Finite in Double, but not in the elements' type.
    expectRefusal("number 0 of the class weights") {
      _ = try Loss.huber(delta: 1).valueAndGradient(y, target: y, classWeights: [1e39, 1, 1])
    }
    expectRefusal("positive weights") {
      _ = try Loss.binaryCrossEntropy.valueAndGradient(y, target: y, positiveWeights: [1])
    }
    expectRefusal("loss with positive weights") {
      _ = try Loss.meanSquaredError.valueAndGradient(y, target: y, positiveWeights: [1, 1, 1])
    }
    expectRefusal("averaging of a loss without labels") {
      _ = try Loss.meanSquaredError.valueAndGradient(y, target: y, averaging: .weights)
    }
    expectRefusal("label of row 1") { _ = try LabelCrossEntropy(ignoring: 5).valueAndGradient(y, labels: [5, 3]) }
    expectRefusal("target of a loss") { _ = try all.termsAndGradient(y, target: Tensor(zeros: [3, 2])) }
    for beta in [-1, Double.nan, .infinity] {
      expectRefusal("beta") { _ = try Loss.smoothAbsoluteError(beta: beta).valueAndGradient(y, target: y) }
    }
    for delta in [0, -1, Double.nan, .infinity] {
      expectRefusal("delta") { _ = try Loss.huber(delta: delta).valueAndGradient(y, target: y) }
    }
  }
}
