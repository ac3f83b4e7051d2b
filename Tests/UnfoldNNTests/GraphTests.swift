import Testing
import Unfold

@testable import UnfoldNN

/// Valid and invalid graphs.
@Suite struct GraphTests {
  @Test func shapesAndNamesAreInferred() throws {
    let graph = try leNet(input: [28, 28, 1], classes: 10)
    #expect(
      graph.nodes.map(\.name) == [
        "input", "conv1", "act1", "pool1", "conv2", "act2", "pool2", "flatten1", "fc1", "act3", "fc2",
      ])
    #expect(
      graph.nodes.map(\.shape) == [
        [28, 28, 1], [28, 28, 32], [28, 28, 32], [14, 14, 32], [14, 14, 64], [14, 14, 64], [7, 7, 64], [3136], [128],
        [128], [10],
      ])
    var generator = SeededGenerator(seed: 1)
    let network = try Network<Float>(graph, using: &generator)
    #expect(
      network.parameters.map(\.name) == [
        "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias",
      ])
    // 5*5*32 + 32, 5*5*32*64 + 64, 3136*128 + 128, 128*10 + 10.
    #expect(network.parameterCount == 832 + 51_264 + 401_536 + 1_290)
    #expect(network.parameters[4].role == .weights(map: [7, 7, 64]))
    #expect(network.parameters[6].role == .weights())
    #expect(network.outputShape == [10])
  }

  @Test func vggHasItsShapes() throws {
    let graph = try vgg(input: [28, 28, 1], classes: 10)
    #expect(graph.nodes.map(\.shape).contains([7, 7, 128]))
    var generator = SeededGenerator(seed: 1)
    let network = try Network<Float>(graph, using: &generator)
    #expect(network.parameterCount == 640 + 36_928 + 73_856 + 147_584 + 7 * 7 * 128 * 256 + 256 + 2_570)
    #expect(try network.forward(Tensor(zeros: [2, 28, 28, 1])).shape == [2, 10])
  }

  /// The sample in the documentation of ``GraphBuilder``.
  @Test func theBuildersSampleIsAGraph() throws {
    let builder = GraphBuilder()
    let x = try builder.input([28, 28, 1])
    var y = try x.convolution(32, window: 3, padding: .same).batchNorm().relu()
    y = try (y + y.convolution(32, window: 3, padding: .same).batchNorm()).relu()
    let graph = try builder.graph(outputs: [y.globalMeanPooling().dense(10)])
    #expect(
      graph.nodes.map(\.name) == [
        "input", "conv1", "bn1", "act1", "conv2", "bn2", "add1", "act2", "pool1", "flatten1", "fc1",
      ])
    #expect(graph.nodes.last?.shape == [10] && graph.nodes[6].shape == [28, 28, 32])
  }

  @Test func theNodeThatDoesNotFitIsNamed() throws {
    func expectError(
      _ input: Shape, _ name: String, _ found: [Shape], _ body: @escaping (Value) throws -> Value
    ) {
      #expect("\(name)") {
        try Graph(input: input, body)
      } throws: { error in
        guard case .node(name, found, _)? = error as? GraphError else {
          Issue.record("\(error)")
          return false
        }
        return "\(error)".contains("node \(name)")
      }
    }
    expectError([28, 28, 1], "fc1", [[28, 28, 3]]) { x in
      try x.convolution(3, window: 3, padding: .same).dense(10)
    }
    expectError([28, 28, 1], "conv1", [[784]]) { x in
      try x.flatten().convolution(3, window: 3, padding: .same)
    }
    expectError([4, 4, 1], "pool2", [[2, 2, 1]]) { x in
      try x.maximumPooling(2).maximumPooling(3)
    }
    expectError([4, 4, 3], "conv1", [[4, 4, 3]]) { x in
      try x.convolution(4, window: 3, padding: .same, groups: 2)
    }
    expectError([4, 4, 3], "conv1", [[4, 4, 3]]) { x in try x.convolution(0, window: 3, padding: .same) }
    expectError([4, 4, 3], "head", [[4, 4, 3]]) { x in
      try x.convolution(1, window: 5, padding: .valid, name: "head")
    }
    expectError([0, 4, 3], "input", []) { x in try x.flatten() }
    expectError([4], "fc1", [[4]]) { x in try x.dense(-1) }
    expectError([4], "act1", [[4]]) { x in try x.dense(4).activation(.elu(alpha: .nan)) }
    expectError([4], "pool1", [[4]]) { x in try x.meanPooling(2) }
    expectError([.max, 4, 4], "input", []) { x in try x.convolution(4, window: 3, padding: .same) }
    expectError([4, 4, 2], "slice1", [[4, 4, 2]]) { x in try x.channels(1..<3) }
    expectError([4, 4, 3], "interleave1", [[4, 4, 3]]) { x in try x.channelShuffle(2) }
    expectError([4], "scale1", [[4]]) { x in try x.layerScale(start: 1) }
    expectError([4, 4, 3], "scale1", [[4, 4, 3]]) { x in try x.layerScale(start: .nan) }
    expectError([4, 4, 3], "fc1", [[4, 4, 3]]) { x in try x.pixelwiseDense(0, name: "fc1") }
    expectError([4, 4, 3], "conv1", [[4, 4, 3]]) { x in
      var layer = ConvolutionLayer(filters: 3, window: 3)
      layer.isPixelwiseDense = true
      return try x.applying(layer)
    }
    expectError([4, 4, 2], "reshape1", [[4, 4, 2]]) { x in try x.reshaped(to: [31]) }
    #expect(throws: ModelError.unknownModel("alexnet", known: Architecture.allCases.map(\.rawValue))) {
      try Architecture(named: "alexnet")
    }
  }

  private let dense = DenseLayer(outputs: 4)
  private let inputs: [(name: String, shape: Shape)] = [("x", [4])]

  @Test func definitionsComeInAnyOrder() throws {
    let graph = try Graph(
      inputs: inputs,
      nodes: [
        .init("c", ActivationLayer(.tanh), inputs: ["b"]), .init("a", dense, inputs: ["x"]),
        .init("b", dense, inputs: ["a"]),
      ],
      outputs: ["c"])
    #expect(graph.nodes.map(\.name) == ["x", "a", "b", "c"])
    #expect(graph.nodes.map(\.inputs) == [[], [0], [1], [2]])
    #expect(graph.outputs == [3])
  }

  @Test func whatIsNoGraphIsNamed() throws {
    #expect(throws: GraphError.noInputs) { try Graph(inputs: [], nodes: [], outputs: ["x"]) }
    #expect(throws: GraphError.noOutputs) { try Graph(inputs: inputs, nodes: [], outputs: []) }
    #expect(throws: GraphError.unknownOutput("y")) {
      try Graph(inputs: inputs, nodes: [.init("a", dense, inputs: ["x"])], outputs: ["y"])
    }
    #expect(throws: GraphError.unknownInput(node: "a", input: "z")) {
      try Graph(inputs: inputs, nodes: [.init("a", dense, inputs: ["z"])], outputs: ["a"])
    }
    #expect(throws: GraphError.duplicateName("a")) {
      try Graph(
        inputs: inputs, nodes: [.init("a", dense, inputs: ["x"]), .init("a", dense, inputs: ["x"])], outputs: ["a"])
    }
    #expect(throws: GraphError.unconnected("b")) {
      try Graph(
        inputs: inputs, nodes: [.init("a", dense, inputs: ["x"]), .init("b", dense, inputs: ["a"])], outputs: ["a"])
    }
    #expect(throws: GraphError.unconnected("y")) {
      try Graph(inputs: inputs + [("y", [4])], nodes: [.init("a", dense, inputs: ["x"])], outputs: ["a"])
    }
    #expect {
      try Graph(
        inputs: inputs,
        nodes: [
          .init("a", dense, inputs: ["x"]), .init("b", dense, inputs: ["d"]), .init("c", dense, inputs: ["b"]),
          .init("d", dense, inputs: ["c"]),
        ],
        outputs: ["d"])
    } throws: { error in
      guard case .cycle(let names)? = error as? GraphError else { return false }
      return names.sorted() == ["b", "c", "d"]
    }
    // Dotted names may collide: node "a.b" with its "weight", and node "a" with a parameter "b.weight".
    struct Odd: Layer {
      var kind: String { "odd" }
      func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { inputs[0] }
      func parameters(_ inputs: [Shape]) throws(UnfoldError) -> [ParameterDescription] {
        [ParameterDescription("b.weight", role: .bias, shape: [1], start: .constant(0))]
      }
      func kernel<Scalar: TensorScalar>(
        _ inputs: [Shape], batch: Int, of type: Scalar.Type
      ) throws(UnfoldError) -> any Kernel<Scalar> { ViewKernel<Scalar>() }
    }
    #expect(throws: GraphError.duplicateParameter("a.b.weight", nodes: ["a", "a.b"])) {
      try Graph(
        inputs: inputs, nodes: [.init("a", Odd(), inputs: ["x"]), .init("a.b", dense, inputs: ["a"])], outputs: ["a.b"])
    }
    let builder = GraphBuilder()
    let foreign = try GraphBuilder().input([4], name: "other")
    let own = try builder.input([4])
    #expect(throws: GraphError.self) { try builder.graph(outputs: [foreign]) }
    #expect(throws: GraphError.duplicateName("fc")) { try own.dense(3, name: "fc").dense(3, name: "fc") }
  }

  @Test func scopesPrefixNames() throws {
    let graph = try Graph(input: [4]) { x in
      try x.scope("block") { y in
        try y.dense(4).scope("inner") { z in try z.dense(4, name: "head") }
      }.dense(2)
    }
    #expect(graph.nodes.map(\.name) == ["input", "block.fc1", "block.inner.head", "fc1"])
  }
}
