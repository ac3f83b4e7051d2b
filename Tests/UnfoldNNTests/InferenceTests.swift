import Testing
import Unfold

@testable import UnfoldNN

/// Inference in the order that is fastest: sums in the convolution before them, large maps in micro-batches.
@Suite struct InferenceTests {
  private func network(_ input: Shape, _ body: (Value) throws -> Value) throws -> Network<Double> {
    var generator = SeededGenerator(seed: 5)
    let network = try Network<Double>(Graph(input: input, body), using: &generator)
    for parameter in network.parameters where parameter.role == .statistic || parameter.role == .scale {
      parameter.value = try Tensor(shape: parameter.value.shape) { _ in 0.5 + generator.uniform() }
    }
    return network
  }

  private func images(_ count: Int, _ input: Shape) throws -> Tensor<Double> {
    var generator = SeededGenerator(seed: 6)
    return try Tensor(shape: Shape([count] + input.extents)) { _ in generator.normal() }
  }

  /// Every node by itself: all are outputs, so that nothing joins.
  private func expected(_ network: Network<Double>, _ images: Tensor<Double>) throws -> Tensor<Double> {
    let names = network.graph.nodes.filter { $0.layer != nil }.map(\.name)
    let apart = try network.part(endingIn: names)
    #expect(ExecutionStep.all(of: apart.graph, mode: .inference).count == names.count)
    return try #require(apart.forward([images]).last)
  }

  private func compare(
    _ network: Network<Double>, _ images: Tensor<Double>, _ what: String
  ) throws {
    let found = try network.forward(images)
    let expected = try expected(network, images)
    #expect(found.shape == expected.shape)
    for (found, expected) in zip(found.elements, expected.elements) {
      #expect(abs(found - expected) < 1e-11 * max(1, abs(expected)), "\(what)")
    }
  }

  @Test func aSumJoinsTheConvolutionBeforeIt() throws {
    let input: Shape = [6, 5, 8]
    func steps(_ network: Network<Double>) -> Int { ExecutionStep.all(of: network.graph, mode: .inference).count }
    // The blocks of a ResNet: over the block's input, and over a shortcut of its own.
    let block = try network(input) { x in
      let y = try x.convolution(8, window: 3, padding: .same).relu()
      return try (y.convolution(8, window: 1, hasBias: false).batchNorm() + y).relu()
    }
    #expect(steps(block) == 2)
    try compare(block, images(3, input), "over the input of the block")
    let shortcut = try network(input) { x in
      let y = try x.convolution(4, window: 3, padding: .same).batchNorm().relu().convolution(16, window: 1).batchNorm()
      return try (y + x.convolution(16, window: 1, hasBias: false).batchNorm()).relu()
    }
    #expect(steps(shortcut) == 3)
    try compare(shortcut, images(3, input), "over a shortcut")
    // The term is read later, is what the convolution reads, or is the graph's input: not to be written over.
    let later = try network(input) { x in
      let y = try x.convolution(8, window: 3, padding: .same)
      return try (y.activation(.tanh).convolution(8, window: 1) + y).relu() + y
    }
    #expect(steps(later) == 4)
    try compare(later, images(2, input), "over what is read later")
    let itself = try network(input) { x in
      let y = try x.convolution(8, window: 3, padding: .same)
      return try y.convolution(8, window: 1) + y
    }
    #expect(steps(itself) == 2)
    try compare(itself, images(2, input), "over what the convolution reads")
    let images = try images(2, input)
    let copy = images.elements
    let ofInput = try network(input) { x in try x.convolution(8, window: 1) + x }
    try compare(ofInput, images, "over the input")
    #expect(images.elements == copy)
    // What cannot join.
    let wide = try network(input) { x in try x.convolution(8, window: 3, padding: .same) + x }
    #expect(steps(wide) == 2)
    try compare(wide, images, "not in a 3x3 convolution")
    let twice = try network(input) { x in
      let y = try x.convolution(8, window: 1)
      return try y + y
    }
    #expect(steps(twice) == 2)
    try compare(twice, images, "twice the same")
  }

  @Test func whatHasAnActivationOfItsOwnStaysByItself() throws {
    let input: Shape = [6, 5, 8]
    var sum = AdditionLayer()
    sum.addition = .relu
    var normalization = BatchNormalizationLayer()
    normalization.activation = .relu
    let network = try network(input) { x in
      let y = try x.convolution(8, window: 1).applying(normalization)
      return try .applying(sum, to: [y.convolution(8, window: 1), x])
    }
    #expect(ExecutionStep.all(of: network.graph, mode: .inference).count == 4)
    let images = try images(3, input)
    try compare(network, images, "relu in the normalisation and in the sum")
    #expect(try network.forward(images).elements.allSatisfy { $0 >= 0 })
  }

  @Test func largeMapsAreComputedInMicroBatches() throws {
    let input: Shape = [64, 64, 8]
    let network = try network(input) { x in
      var y = try x.convolution(16, window: 3, padding: .same).batchNorm().relu()
      y = try (y.convolution(16, window: 1).batchNorm() + y).relu()
      y = try y.maximumPooling(2).convolution(12, window: 3, padding: .same).relu()
      return try y.meanPooling(4).flatten().dense(7)
    }
    func microBatches(_ batch: Int) throws -> MicroBatches? {
      try ExecutionPlan<Double>(network.graph, batch: batch, mode: .inference, needsInputGradients: false).microBatches
    }
    #expect(try microBatches(4) == nil, "a few samples are run at once")
    for batch in [24, 26, 36, 60] {
      let found = try #require(try microBatches(batch), "\(batch)")
      #expect(batch % found.size == 0 && found.size < batch && found.steps >= 2, "\(batch) \(found)")
      try compare(network, images(batch, input), "\(batch)")
    }
    let small = try self.network([16, 16, 8]) { x in try x.convolution(16, window: 3, padding: .same).relu() }
    for (batch, isCut) in [(997, false), (998, false), (1000, true)] {
      let plan = try ExecutionPlan<Double>(small.graph, batch: batch, mode: .inference, needsInputGradients: false)
      #expect((plan.microBatches != nil) == isCut, "no micro-batch of \(batch) samples has work for all threads")
    }
    // Two maps of 16 channels would be alive together.
    let whole = 2 * 48 * 64 * 64 * 16 * 8
    #expect(try network.arenaBytes(batch: 48, mode: .inference).planned < whole / 2)
  }

  @Test func aKeptValueIsReadByAllThatFollow() throws {
    // Two readers after the cut, and an output of the graph before it.
    let input: Shape = [64, 64, 4]
    var generator = SeededGenerator(seed: 7)
    let builder = GraphBuilder()
    let y = try builder.input(input).convolution(32, window: 3, padding: .same).relu().maximumPooling(4)
    let graph = try builder.graph(outputs: [y.convolution(32, window: 1) + y, y.globalMeanPooling()])
    let network = try Network<Double>(graph, using: &generator)
    let plan = try ExecutionPlan<Double>(graph, batch: 32, mode: .inference, needsInputGradients: false)
    #expect(plan.microBatches != nil)
    let images = try images(32, input)
    let outputs = try network.forward([images])
    for sample in [0, 13, 31] {
      let single = try network.forward([images.samples(sample..<sample + 1)])
      for (whole, single) in zip(outputs, single) {
        let found = try whole.samples(sample..<sample + 1)
        #expect(zip(found.elements, single.elements).allSatisfy { abs($0 - $1) < 1e-11 }, "\(sample)")
      }
    }
  }

  @Test func gradientsTakeMemoryWhenTheyAreNeeded() throws {
    let network = try network([6, 6, 3]) { x in try x.convolution(4, window: 3, padding: .same).batchNorm() }
    _ = try network.forward(images(2, [6, 6, 3]))
    #expect(network.parameters.allSatisfy { $0.gradient.count == 0 })
    _ = try network.forward(images(2, [6, 6, 3]), mode: .training)
    #expect(network.trainedParameters.allSatisfy { $0.gradient.shape == $0.value.shape })
    #expect(network.parameters.filter { !$0.role.isTrained }.allSatisfy { $0.gradient.count == 0 })
  }
}
