import Testing
import Unfold

@testable import UnfoldNN

/// Numbers in messages: a NaN is `nan`, also with its sign bit set, as in those that the processor makes.
@Suite struct NumberMessageTests {
  private let minus = -Double.nan

  private func found(_ body: () throws -> Void) throws -> String {
    let error = #expect(throws: UnfoldError.self) { try body() }
    switch error {
    case .invalidArgument(_, _, let found), .notFinite(_, let found): return found
    default: return "\(error.map { "\($0)" } ?? "nothing")"
    }
  }

  @Test func aNaNHasNoSign() throws {
    // The tests' own numbers have the bit, and Swift shows it.
    #expect("\(minus)" == "-nan")
    #expect(minus.messageText == "nan" && (-Float.nan).messageText == "nan")
    #expect([0.1, -2, .infinity, -.infinity].map(\.messageText) == ["0.1", "-2.0", "inf", "-inf"])
    #expect((1e-30 as Float).messageText == "1e-30")
  }

  @Test func argumentsAreShownWithoutIt() throws {
    #expect(try found { _ = try BatchNormalization(input: [2, 2], momentum: minus) } == "nan")
    #expect(try found { try Activation.elu(alpha: minus).validate() } == "nan")
    #expect(try found { _ = try FilterTransform.scaling(of: Extent(3, 3), height: minus) } == "nan")
    #expect(try found { _ = try Adam<Float>(beta1: minus) } == "nan")
    #expect(try found { _ = try GradientClipping(minus) } == "nan")
    #expect(try found { _ = try Schedule(rate: minus) } == "nan")
    #expect(try found { _ = try RateSearch(lowest: minus) } == "nan and 1.0")
    #expect(try found { _ = try ExecutionContext(threads: -1) } == "-1")
    #expect("\(try Tensor<Float>([-Float.nan, 1], shape: [2]))" == "Tensor<Float>[2] {nan, 1.0}")
  }

  @Test func numbersOfATrainingAreShownWithoutIt() throws {
    let parameter = try Parameter<Float>("w", role: .weights(), value: Tensor(zeros: [2]))
    parameter.gradient = try Tensor([1, -Float.nan], shape: [2])
    #expect(try found { try [parameter].requireGradients(context: .shared) } == "nan at element 1")
    // 0 / 0 in the processor.
    parameter.gradient = try Tensor([1, 0], shape: [2])
    let step = try found { try Adam<Float>(epsilon: 0).step([parameter], learningRate: 0.1) }
    #expect(step == "nan at element 1, whose gradient is 0.0")
    let errors: [TrainingError] = [
      .lossNotFinite(epoch: 1, step: 2, loss: minus, learningRate: 0.1), .evaluationNotFinite(batch: 3, loss: minus),
    ]
    for error in errors { #expect("\(error)".contains("found nan in "), "\(error)") }
    let card = #expect(throws: ModelFileError.self) {
      try ModelCard(architecture: .lenet, inputShape: [8, 8, 1], classes: ["a"], mean: [minus], standardDeviation: [1])
    }
    #expect(card.map { "\($0)".hasSuffix("expected 1 finite numbers, found [nan]") } == true)
  }
}
