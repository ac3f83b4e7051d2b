import Foundation
import Testing
import Unfold

@testable import UnfoldNN

/// Graphs as text in model files.
@Suite struct GraphJSONTests {
  /// What a graph is, node by node: the text has to give all of it.
  private func description(_ graph: Graph) -> [String] {
    graph.nodes.map { "\($0.name) \($0.layer.map { "\($0)" } ?? "input") \($0.inputs) \($0.shape)" }
      + ["\(graph.outputs)"]
  }

  @Test(arguments: Architecture.allCases)
  func everyNetworkOfTheZooIsReadAsItWas(_ architecture: Architecture) throws {
    let graph = try architecture.graph(input: architecture.usualInput, classes: architecture.usualClasses)
    let read = try Graph(json: graph.json())
    #expect(description(read) == description(graph))
    #expect(try read.json() == graph.json())
  }

  /// Every layer of the module, with settings that are not the defaults.
  private func unusualGraph() throws -> Graph {
    try Graph(input: [8, 8, 4]) { x in
      var y = try x.convolution(
        8, window: Extent(3, 1), stride: Extent(1, 2), padding: .sides(top: 1, bottom: 2, left: 0, right: 1),
        dilation: Extent(2, 1), groups: 2, hasBias: false, initializer: .orthogonal(gain: 0.5), name: "a")
      y = try y.batchNorm(epsilon: 1e-3, momentum: 0.2).activation(.leakyRelu(slope: 0.25))
      y = try y.padded(by: .symmetric(1, 0), with: .constant(-.infinity)).padded(by: 1, with: .reflected)
      y = try y.maximumPooling(2, stride: 1, padding: .same, rounding: .ceiling).cropped(by: .symmetric(0, 1))
      y = try y.meanPooling(Extent(2, 3), stride: 1, countIncludesPadding: false, divisor: 5)
      y = try y.resampled(.bilinear(to: Extent(6, 6), alignsCorners: true)).channelShuffle(2)
      y = try y.transposedConvolution(8, window: 3, stride: 2, padding: 1, outputPadding: 1, groups: 4)
      y = try y.pixelUnshuffle(2).pixelShuffle(2).turned(.horizontalReflection).groupNorm(2)
      y = try y.layerScale(start: 0.1).instanceNorm().activation(.elu(alpha: 0.5))
      y = try y.invariantConvolution(
        4, transforms: [.rotation(of: 3, degrees: 0), .rotation(of: 3, degrees: 90)], padding: .same)
      y = try concatenate([y, y * y, y + y]).channels(2..<10).pixelwiseDense(6).adaptiveMeanPooling(to: 3)
      y = try (y * y.adaptiveMaximumPooling(to: 1).flatten()).layerNorm()
      y = try y.resampled(.upsampling(by: 2, trailingZeros: false)).resampled(.downsampling(by: 2))
      y = try y.flatten().reshaped(to: [3, 3, 6]).globalMaximumPooling().dropout(0.25)
      return try y.maxout(2).dense(3, hasBias: false)
    }
  }

  @Test func everyLayerKeepsItsSettings() throws {
    let graph = try unusualGraph()
    let kinds = Set(graph.nodes.compactMap { ($0.layer as? any SavedLayer).map { type(of: $0).savedName } })
    #expect(LayerCatalogue().names.filter { !kinds.contains($0) } == [], "a layer that this test leaves out")
    let read = try Graph(json: graph.json())
    #expect(description(read) == description(graph))
  }

  /// A network of no architecture of the module, whose file is all that is needed.
  @Test func aNetworkOfOnesOwnIsRebuiltFromItsFileAlone() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("own.safetensors")
    var generator = SeededGenerator(seed: 2)
    let network = try Network<Float>(unusualGraph(), using: &generator)
    let card = try ModelCard(
      name: "my net 2", task: .imageClassification, inputShape: [8, 8, 4], classes: ["a", "b", "c"],
      mean: [0, 0, 0, 0], standardDeviation: [1, 1, 1, 1])
    try TrainedModel(card: card, network: network).write(to: path)
    let read = try TrainedModel<Float>(path: path)
    #expect(read.card == card)
    let images = try Tensor<Float>(shape: [3, 8, 8, 4]) { _ in generator.normal() }
    #expect(try read.network.forward(images) == network.forward(images))
  }

  @Test func aLayerOfOnesOwnIsSavedUnderItsName() throws {
    let graph = try Graph(input: [4]) { try $0.applying(Shift(amount: 3)).dense(2) }
    let json = try graph.json()
    #expect(json.contains(#""layer":"test.shift","name":"shift1","settings":{"amount":3}"#))
    #expect(description(try Graph(json: json, layers: [Shift.self])) == description(graph))
    #expect(throws: ModelFileError.self) { try Graph(json: json) }
    do { _ = try Graph(json: json) } catch { #expect("\(error)".contains("found test.shift, which node shift1 has")) }
  }

  @Test func aLayerThatCannotBeSavedIsNamedBeforeAFileIsWritten() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("m.safetensors")
    var generator = SeededGenerator(seed: 2)
    let network = try Network<Float>(
      Graph(input: [1, 1, 4]) { try $0.flatten().applying(Unsaved()).dense(2) }, using: &generator)
    let card = try ModelCard(
      name: "n", task: .imageClassification, inputShape: [1, 1, 4], classes: ["a", "b"], mean: [0, 0, 0, 0],
      standardDeviation: [1, 1, 1, 1])
    do {
      try TrainedModel(card: card, network: network).write(to: path)
      Issue.record("written")
    } catch {
      #expect("\(error)".contains("Unsaved, which node unsaved1 has"), "\(error)")
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// Text, and a part of the message.
  @Test(arguments: [
    ("", "metadata unfold.graph: expected a graph"),
    ("{}", "no version"),
    (#"{"version":2,"nodes":7}"#, "found version 2: a newer Unfold wrote it"),
    (#"{"version":1,"inputs":[{"name":"x","shape":[2,-1]}],"nodes":[],"outputs":["x"]}"#, "inputs.0"),
    (#"{"version":1,"inputs":[{"name":"x","shape":[2]}],"nodes":[],"outputs":["y"]}"#, "y"),
    (
      #"{"version":1,"inputs":[{"name":"x","shape":[2]}],"nodes":[{"name":"d","layer":"dense","inputs":["x"]}],"outputs":["d"]}"#,
      "settings"
    ),
    (
      #"{"version":1,"inputs":[{"name":"x","shape":[2]}],"nodes":[{"name":"d","layer":"flattening","inputs":["d"],"settings":{}}],"outputs":["d"]}"#,
      "d"
    ),
  ])
  func whatIsNoGraphIsRefused(json: String, message: String) throws {
    do {
      _ = try Graph(json: json)
      Issue.record("read: \(json)")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  /// Settings of any numbers: an error, never a trap.
  @Test func impossibleSettingsAreRefused() throws {
    let json = try unusualGraph().json()
    var generator = SeededGenerator(seed: 9)
    let numbers = json.matches(of: /-?[0-9]+(\.[0-9]+)?/).map(\.range)
    let others = [
      "-1", "0", "9223372036854775807", "-9223372036854775808", "4611686018427387904", "1e300", "2147483648",
    ]
    var refused = 0
    for _ in 0..<400 {
      var text = json
      let range = numbers[Int(generator.next() % UInt64(numbers.count))]
      text.replaceSubrange(range, with: others[Int(generator.next() % UInt64(others.count))])
      do {
        let graph = try Graph(json: text)
        _ = graph.summary
      } catch {
        refused += 1
      }
    }
    #expect(refused > 200)
  }

  @Test func theCardOfAFileAndItsGraphHaveToAgree() throws {
    var generator = SeededGenerator(seed: 2)
    let card = try ModelCard(
      architecture: .lenet, inputShape: [8, 8, 1], classes: ["a", "b"], mean: [0], standardDeviation: [1])
    let network: Network<Float> = try Architecture.lenet.network(input: [8, 8, 1], classes: 2, using: &generator)
    var file = try network.modelFile()
    file.metadata = card.metadata
    file.metadata["unfold.graph"] = try Architecture.lenet.graph(input: [8, 8, 1], classes: 3).json()
    #expect(throws: ModelFileError.self) { try TrainedModel<Float>(file: file) }
    // Files of versions before graphs were saved.
    file.metadata["unfold.graph"] = nil
    file.metadata["unfold.task"] = nil
    #expect(try TrainedModel<Float>(file: file).card == card)
    file.metadata["unfold.model"] = "mine"
    #expect(throws: ModelFileError.self) { try TrainedModel<Float>(file: file) }
  }

  @Test(arguments: ["", "a/b", "../up", ".hidden", "line\nbreak", String(repeating: "n", count: 101)])
  func namesThatAreNoFileNamesAreRefused(name: String) {
    #expect(throws: ModelFileError.self, "\(name)") {
      try ModelCard(
        name: name, task: .segmentation, inputShape: [8, 8, 1], classes: ["a"], mean: [0], standardDeviation: [1])
    }
  }
}

/// Adds a number.
private struct Shift: SavedLayer {
  static let savedName = "test.shift"
  var amount: Int
  var kind: String { "shift" }
  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { inputs[0] }
  func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { ViewKernel<Scalar>() }
}

private struct Unsaved: Layer {
  var kind: String { "unsaved" }
  func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape { inputs[0] }
  func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { ViewKernel<Scalar>() }
}
