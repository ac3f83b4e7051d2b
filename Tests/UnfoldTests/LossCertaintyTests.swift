import Glibc
import Testing
import UnfoldReference

@testable import Unfold

/// Predictions of certainty, infinite or nearly so, against values worked out by hand: 0 log 0 is 0, and what is certain
/// and wrong is infinite.
@Suite struct LossCertaintyTests {
  private static let infinity = Double.infinity

  /// A loss of one instance: the engine in both element types, and the reference.
  private func expect(
    _ loss: Loss, _ prediction: [Double], _ target: [Double], value: Double, gradient: [Double],
    within tolerance: Double = 1e-6, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let shape: Shape = [1, prediction.count]
    func check<Scalar: TensorScalar>(_ name: String, _ result: (value: Scalar, gradient: Tensor<Scalar>)) {
      let name = "\(loss) of \(prediction) and \(target), \(Scalar.self), \(name)"
      #expect(
        isClose(Double(result.value), value, tolerance), "\(name): \(result.value)", sourceLocation: sourceLocation)
      for (found, expected) in zip(result.gradient.elements, gradient) {
        #expect(
          isClose(Double(found), expected, tolerance), "\(name): \(result.gradient.elements)",
          sourceLocation: sourceLocation)
      }
    }
    func run<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      let y = try Tensor<Scalar>(doubles: prediction, shape: shape)
      let d = try Tensor<Scalar>(doubles: target, shape: shape)
      var gradient: Tensor<Scalar> = try .poisoned(shape)
      let value = try loss.valueAndGradient(y, target: d, into: &gradient)
      check("engine", (value, gradient))
      check("reference", try loss.reference.valueAndGradient(y, target: d))
    }
    try run(Float.self)
    try run(Double.self)
  }

  private func isClose(_ found: Double, _ expected: Double, _ tolerance: Double) -> Bool {
    if expected.isNaN || !expected.isFinite { return expected.isNaN ? found.isNaN : found == expected }
    return abs(found - expected) <= tolerance * max(1, abs(expected))
  }

  @Test func divergenceFromImpossibleClasses() throws {
    let (none, half) = (-Self.infinity, log(0.5))
    try expect(.klDivergence, [none, 0], [0, 1], value: 0, gradient: [0, -1])
    // 1/4 log (1/4 / 1/2) + 3/4 log (3/4 / 1/2) = 3/4 log 3 - log 2.
    try expect(
      .klDivergence, [half, none, half], [0.25, 0, 0.75], value: 0.75 * log(3.0) - log(2.0),
      gradient: [-0.25, 0, -0.75])
    try expect(.klDivergence, [none, half], [0.5, 0.5], value: Self.infinity, gradient: [-0.5, -0.5])
    try expect(.klDivergence, [.nan, 0], [0, 1], value: .nan, gradient: [0, -1])
    try expect(.klDivergence, Array(repeating: none, count: 19), Array(repeating: 0, count: 19), value: 0, gradient: [])
  }

  @Test func crossEntropyOfImpossibleClasses() throws {
    let none = -Self.infinity
    try expect(.softmaxCrossEntropy, [0, none, 0], [0.5, 0, 0.5], value: log(2.0), gradient: [0, 0, 0])
    try expect(
      .softmaxCrossEntropy, [none, log(3.0), 0], [0, 1, 0], value: log(4.0) - log(3.0), gradient: [0, -0.25, 0.25])
    try expect(.softmaxCrossEntropy, [none, 0], [0.5, 0.5], value: Self.infinity, gradient: [-0.5, 0.5])
    try expect(.softmaxCrossEntropy, [none, 5], [0, 0], value: 0, gradient: [0, 0])
    // No distribution at all.
    for bad in [[none, none], [Self.infinity, 0], [.nan, 0]] {
      try expect(.softmaxCrossEntropy, bad, [0, 1], value: .nan, gradient: [.nan, .nan])
    }
  }

  @Test func coinsOfCertainty() throws {
    for (logit, target, value, gradient) in [
      (-Self.infinity, 0.0, 0.0, 0.0), (Self.infinity, 1, 0, 0), (Self.infinity, 0, Self.infinity, 1),
      (-Self.infinity, 1, Self.infinity, -1), (Self.infinity, 0.5, Self.infinity, 0.5),
      (-Self.infinity, 0.5, Self.infinity, -0.5), (Self.infinity, 0.25, Self.infinity, 0.75), (.nan, 0, .nan, .nan),
      (.nan, 1, .nan, .nan), (300, 0, 300, 1), (-300, 1, 300, -1), (300, 1, 0, 0), (-300, 0, 0, 0),
    ] {
      try expect(.binaryCrossEntropy, [logit], [target], value: value, gradient: [gradient])
      // Among others, in a vector: log 2 and a gradient of -1/2 each.
      try expect(
        .binaryCrossEntropy, Array(repeating: 0, count: 20) + [logit], Array(repeating: 1, count: 20) + [target],
        value: 20 * log(2.0) + value, gradient: Array(repeating: -0.5, count: 20) + [gradient])
    }
  }

  /// (1 - d) z, and not the difference of z and d z.
  @Test func nearlyCertainTargetsKeepTheirDigits() throws {
    let target = 1 - 0x1p-20
    try expect(.binaryCrossEntropy, [10_000], [target], value: 10_000 * 0x1p-20, gradient: [0x1p-20], within: 1e-7)
    let value = try Loss.binaryCrossEntropy.valueAndGradient(
      Tensor<Float>([10_000], shape: [1]), target: Tensor([Float(target)], shape: [1])
    ).value
    #expect(abs(Double(value) / (10_000 * 0x1p-20) - 1) < 1e-6, "\(value)")
  }

  /// The share of smoothing goes to the classes that are not ruled out.
  @Test func smoothingLeavesOutImpossibleClasses() throws {
    func check<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
      // Probabilities of 3/4, 1/4 and 0; targets of 0.95, 0.05 and 0.
      let scores = try Tensor<Scalar>(doubles: [log(3.0), 0, -Double.infinity], shape: [1, 3])
      let expected = -0.95 * log(0.75 as Double) - 0.05 * log(0.25 as Double)
      for result in [
        try LabelCrossEntropy(smoothing: 0.1).valueAndGradient(scores, labels: [0]),
        try LabelCrossEntropy(smoothing: 0.1, classWeights: [1, 1, 1], averaging: .weights).valueAndGradient(
          scores, labels: [0]),
        try LabelCrossEntropy(smoothing: 0.1).reference.valueAndGradient(scores, labels: [0]),
      ] {
        #expect(abs(Double(result.value) - expected) < 1e-6, "\(Scalar.self): \(result.value) for \(expected)")
        let gradient = try Tensor<Scalar>(doubles: [0.75 - 0.95, 0.25 - 0.05, 0], shape: [1, 3])
        #expect(result.gradient.largestDifference(to: gradient) < 1e-6, "\(Scalar.self): \(result.gradient)")
      }
      // The label itself is ruled out.
      let wrong = try LabelCrossEntropy(smoothing: 0.1).valueAndGradient(scores, labels: [2])
      #expect(wrong.value == .infinity && wrong.gradient.elements.allSatisfy(\.isFinite), "\(wrong)")
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// Without ruled out classes smoothing is what PyTorch's formula says.
  @Test func smoothingOfAllClasses() throws {
    let scores = try Tensor<Double>([0, log(3.0)], shape: [1, 2])
    let result = try LabelCrossEntropy(smoothing: 0.2).valueAndGradient(scores, labels: [1])
    #expect(abs(result.value - (-0.9 * log(0.75 as Double) - 0.1 * log(0.25 as Double))) < 1e-14, "\(result.value)")
  }

  /// Scores whose difference is more than the largest number.
  @Test func scoresFarApart() throws {
    let scores = try Tensor<Float>([3e38, -3e38, 3e38, -3e38], shape: [2, 2])
    let labels = try LabelCrossEntropy().valueAndGradient(scores, labels: [1, 0])
    #expect(abs(labels.value / 3e38 - 1) < 1e-6 && labels.gradient.elements == [0.5, -0.5, 0, 0], "\(labels)")
    let target = try Tensor<Float>([0, 1, 1, 0], shape: [2, 2])
    let rows = try Loss.softmaxCrossEntropy.valueAndGradient(scores, target: target)
    #expect(abs(rows.value / 3e38 - 1) < 1e-6 && rows.gradient.elements == [0.5, -0.5, 0, 0], "\(rows)")
    let smoothed = try LabelCrossEntropy(smoothing: 0.1).valueAndGradient(scores, labels: [0, 0])
    #expect(abs(smoothed.value / 3e37 - 1) < 1e-6, "\(smoothed)")
  }

  /// A mean over many equal terms: a sum in Float would be off in the second digit.
  @Test func meansOfManyTerms() throws {
    let count = 1 << 20
    let y = try Tensor<Float>(repeating: 0.1, shape: [count, 1])
    let zeros = try Tensor<Float>(zeros: y.shape)
    let (x, coin) = (Double(Float(0.1)), log1p(exp(Double(Float(0.1)))))
    for (loss, expected) in [
      (Loss.meanSquaredError, x * x), (.absoluteError, x), (.smoothAbsoluteError(beta: 1), x * x / 2),
      (.huber(delta: 0.05), 0.05 * (x - 0.025)), (.binaryCrossEntropy, coin),
    ] {
      let value = Double(try loss.valueAndGradient(y, target: zeros).value)
      #expect(abs(value / expected - 1) < 3e-7, "\(loss): \(value) for \(expected)")
    }
    let two = try Tensor<Float>(zeros: [count, 2])
    let value = Double(
      try LabelCrossEntropy().valueAndGradient(two, labels: Array(repeating: 1, count: count)).value)
    #expect(abs(value / log(2.0) - 1) < 1e-7, "\(value)")
  }
}
