import Testing
import Unfold

@testable import UnfoldNN

/// A pass that failed leaves no result that can be read.
@Suite struct FailedPassTests {
  /// Batch normalisation of one value a channel cannot be trained: a pass of one sample fails in its middle.
  private func network() throws -> Network<Float> {
    var generator = SeededGenerator(seed: 3)
    let graph = try Graph(input: [1, 1, 4]) { x in
      try x.convolution(5, window: 1).batchNorm().relu().flatten().dense(3)
    }
    return try Network(graph, needsInputGradients: true, using: &generator)
  }

  private func images(_ count: Int) throws -> Tensor<Float> {
    var generator = SeededGenerator(seed: 4)
    return try Tensor(shape: [count, 1, 1, 4]) { _ in generator.normal() }
  }

  private func outputs(_ network: Network<Float>) throws -> [Float] {
    try network.withOutput { (output) in output.elements }
  }

  @Test func nothingCanBeReadAfterAFailedRun() throws {
    let failing: [(String, Tensor<Float>)] = [
      ("one sample", try images(1)), ("a wrong shape", try Tensor(zeros: [4, 1, 1, 3])),
      ("no sample", try Tensor(zeros: [0, 1, 1, 4])), ("no axis", try Tensor(zeros: [])),
    ]
    for (name, wrong) in failing {
      let network = try network()
      try network.run(images(4), mode: .training)
      let expected = try outputs(network)
      try network.withGradient { (_, gradient) in
        gradient = try Tensor(repeating: 1, shape: gradient.shape)
      }
      #expect(throws: UnfoldError.self, "\(name)") { try network.run(wrong, mode: .training) }
      #expect(throws: UnfoldError.noOutputs, "\(name)") { try outputs(network) }
      #expect(throws: UnfoldError.noForwardPass, "\(name)") { try network.withGradient { $1.count } }
      #expect(throws: UnfoldError.noForwardPass, "\(name)") { try network.backward() }
      #expect(throws: UnfoldError.noBackwardPass, "\(name)") { try network.inputGradient() }
      #expect(throws: UnfoldError.self, "\(name)") { try network.forward([wrong, wrong], mode: .training) }
      #expect(throws: UnfoldError.noOutputs, "\(name)") { try outputs(network) }
      try network.run(images(4), mode: .training)
      #expect(try outputs(network) == expected, "\(name)")
    }
  }

  @Test func aFailedRunLetsGoOfItsInput() throws {
    let network = try network()
    var one = try images(1)
    let before = one.withUnsafeMutableBufferPointer { $0.baseAddress }
    #expect(throws: UnfoldError.self) { try network.run(one, mode: .training) }
    #expect(one.withUnsafeMutableBufferPointer { $0.baseAddress } == before)
  }

  @Test func aBackwardPassTakesThePlaceOfTheOutputs() throws {
    let network = try network()
    try network.run(images(4), mode: .training)
    #expect(throws: UnfoldError.noBackwardPass, "no backward pass yet") { try network.inputGradient() }
    try network.backward(Tensor(repeating: 1, shape: [4, 3]))
    #expect(throws: UnfoldError.noOutputs) { try outputs(network) }
    #expect(try network.inputGradient().elements.contains { $0 != 0 })
    try network.run(images(4), mode: .inference)
    #expect(throws: UnfoldError.noBackwardPass, "that of another pass") { try network.inputGradient() }
  }

  @Test func everyOutputNeedsAGradient() throws {
    let builder = GraphBuilder()
    let x = try builder.input([4])
    let graph = try builder.graph(outputs: [x.dense(3, name: "class"), x.dense(2, name: "box")])
    var generator = SeededGenerator(seed: 3)
    let network = try Network<Float>(graph, using: &generator)
    let input = try Tensor<Float>(repeating: 1, shape: [2, 4])
    let missing = UnfoldError.invalidArgument(
      "gradient of output box", expected: "written before the backward pass", found: "none")
    func write(_ index: Int, _ number: Float) throws {
      try network.withGradient(ofOutput: index) { (_, gradient) in
        gradient.withUnsafeMutableBufferPointer { for i in $0.indices { $0[i] = number } }
      }
    }
    try network.run(input, mode: .training)
    #expect(throws: missing) { try network.backward(Tensor(zeros: [2, 3])) }
    try write(1, 1)
    #expect(throws: UnfoldError.self, "the loss failed") {
      try network.withGradient(ofOutput: 1) { (_, _) in throw UnfoldError.outOfMemory(bytes: 1) }
    }
    #expect(throws: missing) { try network.backward() }
    try write(1, 3)
    try network.backward()
    // Two samples of ones, each with a gradient of 3.
    let box = try #require(network.parameters.first { $0.name == "box.weight" })
    #expect(box.gradient.elements == [Float](repeating: 6, count: 8))
    try network.run(input, mode: .training)
    try write(0, 0)
    #expect(throws: missing, "that of the pass before") { try network.backward() }
  }

  @Test func outputsAndInputsThatDoNotExistAreErrors() throws {
    let network = try network()
    let inference = try InferenceNetwork(self.network(), batch: 4)
    try inference.run(images(4))
    try network.run(images(4), mode: .training)
    for index in [-1, 1, Int.max, Int.min] {
      #expect(throws: UnfoldError.self, "\(index)") { try network.withOutput(index) { $0.count } }
      #expect(throws: UnfoldError.self, "\(index)") { try network.withGradient(ofOutput: index) { $1.count } }
      #expect(throws: UnfoldError.self, "\(index)") { try inference.withOutput(index) { $0.count } }
    }
    try network.backward(Tensor(zeros: [4, 3]))
    for index in [-1, 1, Int.max] { #expect(throws: UnfoldError.self) { try network.inputGradient(index) } }
  }

  /// The gradient of an input that a late step reads comes early, and has to last to the end of the backward pass.
  @Test func gradientsOfInputsLast() throws {
    let builder = GraphBuilder()
    let (a, b) = (try builder.input([6, 6, 8], name: "a"), try builder.input([6, 6, 8], name: "b"))
    var y = a
    for _ in 0..<4 { y = try y.convolution(8, window: 3, padding: .same).activation(.gelu) }
    let graph = try builder.graph(outputs: [b + y])
    var generator = SeededGenerator(seed: 5)
    let network = try Network<Float>(graph, needsInputGradients: true, using: &generator)
    let inputs = try (0..<2).map { _ in try Tensor<Float>(shape: [3, 6, 6, 8]) { _ in generator.normal() } }
    _ = try network.forward(inputs, mode: .training)
    let gradient = try Tensor<Float>(shape: [3, 6, 6, 8]) { _ in generator.normal() }
    try network.backward(gradient)
    // Of a sum, every term has the gradient of the sum.
    #expect(try network.inputGradient(1).elements == gradient.elements)
  }
}
