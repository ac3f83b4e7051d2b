import Testing

@testable import Unfold

/// Predictions that are not finite, and arguments that are refused.
@Suite struct LossEdgeTests {
  private static let all: [Loss] = [
    .softmaxCrossEntropy, .meanSquaredError, .absoluteError, .smoothAbsoluteError(beta: 0.5), .huber(delta: 2),
    .klDivergence, .binaryCrossEntropy,
  ]

  /// Whatever the target, 0 and 1 included, a prediction that is not finite reaches the value, unless it is what the target
  /// says with certainty.
  @Test(arguments: all) func valueShowsPredictionsThatAreNotFinite(_ loss: Loss) throws {
    for count in [1, 3, 11] {
      for position in 0..<count {
        for target in [Float(0), 0.5, 1] {
          for bad in [Float.nan, .infinity] where !(loss == .binaryCrossEntropy && bad == .infinity && target == 1) {
            var prediction = try Tensor<Float>(repeating: -0.5, shape: [2, count])
            prediction[1, position] = bad
            let targets = try Tensor<Float>(repeating: target, shape: [2, count])
            let value = try loss.valueAndGradient(prediction, target: targets).value
            #expect(!value.isFinite, "\(loss) \(bad) at \(position) of \(count), target \(target)")
          }
        }
      }
    }
  }

  @Test func valueOfLabelsShowsPredictionsThatAreNotFinite() throws {
    for position in 0..<5 {
      for bad in [Float.nan, .infinity] {
        var scores = try Tensor<Float>(zeros: [2, 5])
        scores[0, position] = bad
        #expect(!(try LabelCrossEntropy().valueAndGradient(scores, labels: [2, 2]).value.isFinite))
      }
    }
    // A class that was ruled out, unless it is the right one.
    let ruledOut = try Tensor<Float>([0, 0, -.infinity], shape: [1, 3])
    let result = try LabelCrossEntropy().valueAndGradient(ruledOut, labels: [1])
    #expect(abs(result.value - 0.693_147_2) < 1e-7 && result.gradient.elements == [0.5, -0.5, 0])
    #expect(try LabelCrossEntropy().valueAndGradient(ruledOut, labels: [2]).value == .infinity)
  }

  @Test(arguments: all) func nanInTargetPropagates(_ loss: Loss) throws {
    var target = try Tensor<Float>(repeating: 0.5, shape: [2, 3])
    target[1, 1] = .nan
    let result = try loss.valueAndGradient(Tensor(repeating: -0.5, shape: [2, 3]), target: target)
    #expect(result.value.isNaN && result.gradient.elements[4].isNaN)
    #expect(result.gradient.elements[0..<3].allSatisfy { $0.isFinite })
  }

  @Test func refusesLabels() throws {
    let scores = try Tensor<Float>(zeros: [2, 10])
    var gradient = try Tensor<Float>(repeating: 5, shape: [2, 10])
    let expected: [([Int], UnfoldError)] = [
      ([3, 10], .invalidArgument("label of row 1", expected: "0 to 9", found: "10")),
      ([-1, 3], .invalidArgument("label of row 0", expected: "0 to 9", found: "-1")),
      ([3], .invalidArgument("labels", expected: "2, one for each row of [2, 10]", found: "1")),
      ([], .invalidArgument("labels", expected: "2, one for each row of [2, 10]", found: "0")),
    ]
    for (labels, error) in expected {
      #expect(throws: error) {
        try LabelCrossEntropy().valueAndGradient(scores, labels: labels, into: &gradient)
      }
    }
    #expect(gradient.elements.allSatisfy { $0 == 5 })
  }

  @Test(arguments: all) func refusesWhatDoesNotFit(_ loss: Loss) throws {
    let prediction = try Tensor<Float>(zeros: [2, 3])
    var other = try Tensor<Float>(zeros: [3, 2])
    #expect(throws: UnfoldError.shapeMismatch(of: "target of a loss", expected: [2, 3], found: [3, 2])) {
      try loss.valueAndGradient(prediction, target: other)
    }
    #expect(throws: UnfoldError.self) { try loss.valueAndGradient(prediction, target: prediction, into: &other) }
    // Nothing to average over.
    for shape in [[], [0], [0, 3]] as [Shape] {
      let empty = try Tensor<Float>(zeros: shape)
      #expect(throws: UnfoldError.self, "\(shape)") { try loss.valueAndGradient(empty, target: empty) }
      #expect(throws: UnfoldError.self, "\(shape)") { try LabelCrossEntropy().valueAndGradient(empty, labels: []) }
    }
    guard loss == .softmaxCrossEntropy else { return }
    let withoutClasses = try Tensor<Float>(zeros: [3])
    #expect(throws: UnfoldError.self) { try loss.valueAndGradient(withoutClasses, target: withoutClasses) }
    #expect(throws: UnfoldError.self) { try LabelCrossEntropy().valueAndGradient(withoutClasses, labels: [0]) }
  }
}
