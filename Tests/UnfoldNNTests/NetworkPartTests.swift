import Testing
import Unfold
import UnfoldReference

@testable import UnfoldNN

/// Networks that compute some nodes of another.
@Suite struct NetworkPartTests {
  private let network: Network<Float>
  private let images: Tensor<Float>

  init() throws {
    let graph = try Graph(input: [6, 5, 2]) { x in
      let y = try x.convolution(4, window: 3, padding: .same, hasBias: false).batchNorm().relu()
      return try (y + y.convolution(4, window: 3, padding: .same)).relu().globalMeanPooling().dense(3)
    }
    var generator = SeededGenerator(seed: 7)
    network = try Network(graph, using: &generator)
    // Statistics and scales that change something, as after a training.
    for parameter in network.parameters where parameter.name.hasPrefix("bn") {
      parameter.value = try Tensor(shape: parameter.value.shape) { _ in 0.5 + generator.uniform(as: Float.self) }
    }
    images = try Tensor(shape: [3, 6, 5, 2]) { _ in generator.normal(as: Float.self) }
  }

  @Test func nodesWithoutReadersAreLeftOut() throws {
    let part = try network.graph.part(endingIn: ["act1", "conv1"])
    #expect(part.nodes.map(\.name) == ["input", "conv1", "bn1", "act1"])
    #expect(part.outputs.map { part.nodes[$0].name } == ["act1", "conv1"])
    #expect(part.nodes.map(\.shape) == [[6, 5, 2], [6, 5, 4], [6, 5, 4], [6, 5, 4]])
  }

  @Test func inputsWithoutReadersAreLeftOut() throws {
    let builder = GraphBuilder()
    let (a, b) = (try builder.input([2, 2, 1], name: "a"), try builder.input([2, 2, 1], name: "b"))
    let (one, other) = (try a.relu(), try b.relu())
    let graph = try builder.graph(outputs: [try one + other])
    let part = try graph.part(endingIn: [other.name])
    #expect(part.nodes.map(\.name) == ["b", other.name])
    #expect(part.inputs == [0] && part.outputs == [1])
  }

  /// Neither a fused normalisation nor an activation in place may change a value that is an output.
  @Test func valuesAreThoseOfTheLoops() throws {
    let names = ["conv1", "bn1", "act1", "input"]
    let values = try network.part(endingIn: names).forward([images])
    let filter = try #require(network.parameters.first { $0.name == "conv1.weight" }).value
    let geometry = try ConvolutionGeometry(input: images.shape, filters: 4, window: 3, padding: .same)
    let convolved = try geometry.reference.forward(images, filter: filter)
    var worst: Float = 0
    for (found, expected) in zip(values[0].elements, convolved.elements) { worst = max(worst, abs(found - expected)) }
    #expect(worst < 1e-5, "conv1 differs by \(worst)")
    #expect(values[2].elements == values[1].elements.map { max($0, 0) })
    #expect(values[1].elements.contains { $0 < 0 } && values[1] != values[0])
    #expect(values[3] == images)
  }

  @Test func theWholeIsAPart() throws {
    let last = try #require(network.graph.nodes.last).name
    #expect(try network.part(endingIn: [last]).forward(images) == network.forward(images))
  }

  @Test func parametersAreShared() throws {
    let part = try network.part(endingIn: ["act1"])
    #expect(
      part.parameters.map(\.name)
        == network.parameters.map(\.name).filter { !$0.hasPrefix("conv2") && !$0.hasPrefix("fc") })
    let before = try part.forward(images)
    let weight = try #require(network.parameters.first)
    weight.value = try Tensor(zeros: weight.value.shape)
    #expect(part.parameters.first === weight)
    #expect(try part.forward(images) != before)
  }

  @Test func nodesThatDoNotExistAreNamed() {
    #expect(throws: GraphError.unknownOutput("conv9")) { try network.graph.part(endingIn: ["conv1", "conv9"]) }
    #expect(throws: GraphError.noOutputs) { try network.part(endingIn: []) }
  }
}
