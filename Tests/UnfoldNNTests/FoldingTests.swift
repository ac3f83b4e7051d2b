import Testing
import Unfold

@testable import UnfoldNN

/// What an inference pass does differently from a training pass.
@Suite struct FoldingTests {
  private let input: Shape = [9, 7, 3]

  private func network(_ body: (Value) throws -> Value) throws -> Network<Double> {
    var generator = SeededGenerator(seed: 3)
    let network = try Network<Double>(Graph(input: input, body), using: &generator)
    for parameter in network.parameters where parameter.name.hasPrefix("bn") {
      parameter.value = try Tensor(shape: parameter.value.shape) { _ in 0.5 + generator.uniform() }
    }
    return network
  }

  private func images(_ count: Int) throws -> Tensor<Double> {
    var generator = SeededGenerator(seed: 4)
    return try Tensor(shape: Shape([count] + input.extents)) { _ in generator.normal() }
  }

  @Test(arguments: [true, false]) func aNormalisationBecomesPartOfTheConvolutionBeforeIt(hasBias: Bool) throws {
    let network = try network { x in
      try x.convolution(5, window: 3, stride: 2, padding: .same, hasBias: hasBias).batchNorm().relu()
    }
    let images = try images(4)
    #expect(ExecutionStep.all(of: network.graph, mode: .inference).count == 1)
    #expect(ExecutionStep.all(of: network.graph, mode: .training).count == 2)
    func expected() throws -> Tensor<Double> {
      let values = Dictionary(uniqueKeysWithValues: network.parameters.map { ($0.name, $0.value) })
      let geometry = try ConvolutionGeometry(
        input: images.shape, filters: 5, window: 3, stride: 2, padding: .same)
      let scores = try geometry.forward(
        images, filter: #require(values["conv1.weight"]), bias: values["conv1.bias"], activation: .identity)
      return try BatchNormalization(input: scores.shape, activation: .relu).inferenceForward(
        scores, scale: #require(values["bn1.weight"]), shift: #require(values["bn1.bias"]),
        running: RunningMoments(
          mean: #require(values["bn1.running_mean"]), variance: #require(values["bn1.running_var"])))
    }
    func compare(_ what: String) throws {
      for (found, expected) in zip(try network.forward(images).elements, try expected().elements) {
        #expect(abs(found - expected) < 1e-12, "\(what)")
      }
    }
    try compare("as it was made")
    try compare("a second time, folded before")
    _ = try network.forward(images, mode: .training)
    try compare("after a training pass has changed the running averages")
    for parameter in network.parameters {
      parameter.value.withUnsafeMutableBufferPointer { for i in $0.indices { $0[i] *= 1.25 } }
      try compare("after \(parameter.name) was changed")
    }
  }

  /// Of a pointwise convolution the sum behind the factors becomes part too.
  @Test(arguments: [true, false]) func aLayerScaleBecomesPartOfTheConvolutionBeforeIt(hasBias: Bool) throws {
    let network = try network { x in
      let y = try x.convolution(16, window: 3, padding: .same, hasBias: hasBias).batchNorm().layerScale(start: 0.5)
      return try y.convolution(16, window: 1, hasBias: hasBias).layerScale(start: 0.25) + y
    }
    #expect(ExecutionStep.all(of: network.graph, mode: .inference).count == 2)
    var generator = SeededGenerator(seed: 5)
    for parameter in network.parameters where parameter.role == .factor || parameter.role == .bias {
      parameter.value = try Tensor(shape: parameter.value.shape) { _ in generator.normal() }
    }
    // A normalisation behind factors is a step of its own, and so are factors behind an activation.
    let apart = try Graph(input: input) { x in
      try x.convolution(4, window: 1).layerScale(start: 1).batchNorm().relu().layerScale(start: 1)
    }
    #expect(ExecutionStep.all(of: apart, mode: .inference).count == 3)

    let images = try images(3)
    let v = Dictionary(uniqueKeysWithValues: network.parameters.map { ($0.name, $0.value) })
    func scaled(_ x: Tensor<Double>, _ name: String) throws -> Tensor<Double> {
      try ChannelScaling(input: x.shape, sharesGate: true).forward(x, gate: #require(v[name]))
    }
    let scores = try ConvolutionGeometry(input: images.shape, filters: 16, window: 3, padding: .same)
      .forward(images, filter: #require(v["conv1.weight"]), bias: v["conv1.bias"])
    let y = try scaled(
      BatchNormalization(input: scores.shape).inferenceForward(
        scores, scale: #require(v["bn1.weight"]), shift: #require(v["bn1.bias"]),
        running: RunningMoments(mean: #require(v["bn1.running_mean"]), variance: #require(v["bn1.running_var"]))),
      "scale1.layer_scale")
    let z = try scaled(
      ConvolutionGeometry(input: y.shape, filters: 16, window: 1)
        .forward(y, filter: #require(v["conv2.weight"]), bias: v["conv2.bias"]), "scale2.layer_scale")
    for time in 1...2 {
      for (found, (a, b)) in zip(try network.forward(images).elements, zip(y.elements, z.elements)) {
        #expect(abs(found - (a + b)) < 1e-12, "pass \(time)")
      }
    }
    let packed = try InferenceNetwork(network, batch: 3).forward(images)
    for (found, (a, b)) in zip(packed.elements, zip(y.elements, z.elements)) {
      #expect(abs(found - (a + b)) < 1e-12, "packed")
    }
  }

  @Test func aNormalisationStaysWhereTheConvolutionIsReadTwice() throws {
    let network = try network { x in
      let y = try x.convolution(4, window: 1)
      return try y.batchNorm() + y
    }
    #expect(ExecutionStep.all(of: network.graph, mode: .inference).count == 3)
  }

  @Test func dropoutIsForTrainingOnly() throws {
    let network = try network { x in try x.dropout(0.5) }
    let images = try images(20)
    #expect(try network.forward(images) == images)
    let first = try network.forward(images, mode: .training)
    let zeros = first.elements.count { $0 == 0 }
    #expect(abs(Double(zeros) / Double(first.count) - 0.5) < 0.05)
    #expect(try network.forward(images, mode: .training) == first, "the same step drops the same places")
    network.steps = 1
    #expect(try network.forward(images, mode: .training) != first)
  }
}
