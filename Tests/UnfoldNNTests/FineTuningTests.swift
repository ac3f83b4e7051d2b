import Testing
import Unfold

@testable import UnfoldNN

/// Going on from the weights of another training.
@Suite struct FineTuningTests {
  private func network(
    _ architecture: Architecture = .resnet, classes: Int, seed: UInt64
  ) throws -> Network<Float> {
    var generator = SeededGenerator(seed: seed)
    return try architecture.network(input: [32, 32, 3], classes: classes, using: &generator)
  }

  @Test(arguments: [
    (Architecture.resnet, ["fc.weight", "fc.bias"]), (.squeezenet, ["classifier.1.weight", "classifier.1.bias"]),
    (.vgg11, ["classifier.6.weight", "classifier.6.bias"]),
    (.mobileNetV2, ["classifier.1.weight", "classifier.1.bias"]),
  ])
  func aHeadOfOtherClassesIsReplaced(_ architecture: Architecture, head: [String]) throws {
    let source = try network(architecture, classes: 7, seed: 1)
    let target = try network(architecture, classes: 4, seed: 2)
    let before = Dictionary(uniqueKeysWithValues: target.parameters.map { ($0.name, $0.value) })
    let transfer = try target.takeWeights(of: source.modelFile())
    #expect(transfer.newHead == head)
    #expect(transfer.taken.count == target.parameters.count - 2 && transfer.ignored == [])
    for (own, theirs) in zip(target.parameters, source.parameters) {
      #expect(own.value == (head.contains(own.name) ? before[own.name] : theirs.value), "\(own.name)")
    }
  }

  @Test func aHeadOfAsManyClassesIsTakenUnlessItIsToBeNew() throws {
    let source = try network(classes: 4, seed: 1)
    let target = try network(classes: 4, seed: 2)
    #expect(try target.takeWeights(of: source.modelFile()).newHead == [])
    #expect(target.parameters.map(\.value) == source.parameters.map(\.value))
    let other = try network(classes: 4, seed: 3)
    let head = other.parameters.last?.value
    #expect(try other.takeWeights(of: source.modelFile(), newHead: true).newHead == ["fc.weight", "fc.bias"])
    #expect(other.parameters.last?.value == head)
  }

  @Test func whatIsMissingOrOfAnotherShapeIsNamedAndNothingChanges() throws {
    let source = try network(classes: 4, seed: 1)
    let target = try network(classes: 4, seed: 2)
    let before = target.parameters.map(\.value)
    var file = SafetensorsFile()
    for parameter in source.parameters where parameter.name != "layer1.0.conv1.weight" {
      try file.append(parameter.name, parameter.fileValue())
    }
    #expect(throws: ModelFileError.missingTensor("layer1.0.conv1.weight")) { try target.takeWeights(of: file) }
    try file.append("layer1.0.conv1.weight", Tensor<Float>(zeros: [2, 3]))
    #expect(throws: ModelFileError.self) { try target.takeWeights(of: file) }
    #expect(target.parameters.map(\.value) == before)
  }

  @Test func tensorsWithoutUseAreListedAndCountsOfBatchesAreNot() throws {
    let source = try network(classes: 4, seed: 1)
    var file = try source.modelFile()
    try file.append("aux.weight", Tensor<Float>([1, 2], shape: [2]))
    try file.append("bn1.num_batches_tracked", Tensor<Float>([3], shape: [1]))
    #expect(try network(classes: 4, seed: 2).takeWeights(of: file).ignored == ["aux.weight"])
  }

  /// A step of stochastic gradient descent without momentum: `w - rate factor (g + decay factor w)`.
  @Test func ratesAndDecaysOfParametersAreTheirOwn() throws {
    let value = try Tensor<Double>([1, -2, 4], shape: [3])
    let names = ["plain", "slow", "still", "free"]
    func stepped(_ optimizer: any Optimizer<Double>) throws -> [[Double]] {
      let parameters = try names.map { try Parameter<Double>($0, role: .filter, value: value) }
      for parameter in parameters { parameter.gradient = try Tensor([0.5, 0.25, -1], shape: [3]) }
      parameters[1].rateFactor = 0.25
      parameters[2].rateFactor = 0
      parameters[3].decayFactor = 0
      try optimizer.step(parameters, learningRate: 0.5, context: .shared)
      return parameters.map(\.value.elements)
    }
    let sgd = try stepped(GradientDescent(momentum: 0, decay: 0.125))
    // g + decay w = 0.625, 0, -0.5
    #expect(sgd == [[0.6875, -2, 4.25], [0.921875, -2, 4.0625], [1, -2, 4], [0.75, -2.125, 4.5]])
    // The first step of Adam is the rate, by the sign of the gradient; AdamW's decay is rate decay w before it.
    let adam = try stepped(Adam(epsilon: 0, decay: 0.125, coupling: .decoupled))
    let expected: [[Double]] = [
      [0.4375, -2.375, 4.25], [0.859375, -2.09375, 4.0625], [1, -2, 4], [0.5, -2.5, 4.5],
    ]
    for (found, expected) in zip(adam.joined(), expected.joined()) { #expect(abs(found - expected) < 1e-12) }
  }

  @Test func namesFitPatternsOfTheShell() throws {
    let parameter = try Parameter<Float>("layer1.0.bn2.running_mean", role: .statistic, value: Tensor(zeros: [1]))
    for pattern in ["*", "layer1.*", "layer?.0.bn[23].*", "layer1.0.bn2.running_mean"] {
      #expect(parameter.fits(pattern), "\(pattern)")
    }
    for pattern in ["", "layer1", "layer2.*", "*.weight", "layer1.0.bn[45].*"] {
      #expect(!parameter.fits(pattern), "\(pattern)")
    }
  }
}
