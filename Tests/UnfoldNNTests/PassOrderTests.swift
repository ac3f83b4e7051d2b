import Testing
import Unfold

@testable import UnfoldNN

/// A network that is used out of order says so, and goes on afterwards.
@Suite struct PassOrderTests {
  private let network: Network<Double>
  private let input: Tensor<Double>
  private let gradient: Tensor<Double>

  init() throws {
    var generator = SeededGenerator(seed: 8)
    network = try Network(
      Graph(input: [2, 2, 3]) { try $0.convolution(4, window: 1).batchNorm().flatten().dense(2) }, using: &generator)
    input = try Tensor(shape: [5, 2, 2, 3]) { Double(($0 * 7) % 11) - 5 }
    gradient = try Tensor(shape: [5, 2]) { Double($0) - 4 }
  }

  private func expectRefusal(_ words: String, _ body: () throws -> Void) {
    let error = #expect(throws: UnfoldError.self) { try body() }
    #expect("\(String(describing: error))".contains(words), "\(String(describing: error))")
  }

  /// The gradients of a training pass in the right order.
  private func gradients() throws -> [Tensor<Double>] {
    _ = try network.forward(input, mode: .training)
    try network.backward(gradient)
    return network.parameters.map(\.gradient)
  }

  @Test func aBackwardPassNeedsItsForwardPass() throws {
    expectRefusal("training forward pass") { try network.backward() }
    expectRefusal("training forward pass") { try network.backward(gradient) }
    _ = try network.forward(input)
    expectRefusal("training forward pass") { try network.backward(gradient) }
    let expected = try gradients()
    expectRefusal("training forward pass") { try network.backward(gradient) }
    #expect(network.parameters.map(\.gradient) == expected)
    #expect(try gradients() == expected)
  }

  @Test func theParametersStayAsTheForwardPassSawThem() throws {
    let expected = try gradients()
    let weights = network.parameters[0]
    let value = weights.value
    _ = try network.forward(input, mode: .training)
    weights.value = try value * value
    expectRefusal("changed since") { try network.backward(gradient) }
    weights.value = value
    expectRefusal("training forward pass") { try network.backward(gradient) }
    #expect(try gradients() == expected)
  }

  @Test func whatIsFrozenStaysAsTheForwardPassSawIt() throws {
    let expected = try gradients()
    func freeze(_ isFrozen: Bool) {
      for parameter in network.parameters where parameter.name.hasPrefix("conv1") { parameter.isFrozen = isFrozen }
    }
    freeze(true)
    _ = try network.forward(input, mode: .training)
    freeze(false)
    expectRefusal("frozen") { try network.backward(gradient) }
    #expect(try gradients() == expected)
  }

  @Test func noPassRunsWhileAGradientIsWritten() throws {
    let expected = try gradients()
    _ = try network.forward(input, mode: .training)
    expectRefusal("no pass while it is written") {
      try network.withGradient { _, _ in try network.run(input, mode: .training) }
    }
    expectRefusal("training forward pass") { try network.backward() }
    #expect(try gradients() == expected)
  }

  /// Bodies may throw errors of their own, and then no gradient counts as written.
  @Test func errorsOfABodyAreItsCallers() throws {
    struct Own: Error {}
    #expect(throws: Own.self) { try Graph(input: [4]) { _ in throw Own() } }
    #expect(throws: GraphError.self) { try Graph(input: [4]) { try $0.dense(0) } }
    _ = try network.forward(input, mode: .training)
    #expect(throws: Own.self) { try network.withOutput { _ in throw Own() } }
    #expect(throws: Own.self) { try network.withGradient { _, _ in throw Own() } }
    expectRefusal("written before the backward pass") { try network.backward() }
    #expect(try network.withOutput { $0.count } == 10)
    func typed() throws(GraphError) -> Graph {
      try Graph(input: [4]) { x throws(GraphError) in try x.scope("a") { y throws(GraphError) in try y.dense(2) } }
    }
    #expect(try typed().nodes.map(\.name) == ["input", "a.fc1"])
  }
}
