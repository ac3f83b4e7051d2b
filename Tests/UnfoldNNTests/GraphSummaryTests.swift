import Testing
import Unfold

@testable import UnfoldNN

@Suite struct GraphSummaryTests {
  /// Parameters as torchvision counts them, and billions of multiply-adds as its documentation gives them.
  @Test(arguments: [
    (Architecture.resnet18, 11_689_512, 1.81), (.resnet34, 21_797_672, 3.66), (.resnet50, 25_557_032, 4.09),
    (.vgg11, 132_863_336, 7.61), (.vgg16, 138_357_544, 15.47), (.densenet121, 7_978_856, 2.83),
    (.resnext50, 25_028_904, 4.23), (.mobileNetV2, 3_504_872, 0.30), (.mobileNetV3, 5_483_032, 0.22),
    (.efficientNetB0, 5_288_548, 0.39), (.convNeXtTiny, 28_589_128, 4.46), (.squeezenet, 1_235_496, 0.35),
    (.shuffleNetV2, 2_278_604, 0.14), (.inceptionV3, 23_834_568, 5.71),
  ])
  func knownNetworksHaveTheirNumbers(architecture: Architecture, parameters: Int, multiplyAdds: Double) throws {
    let summary = try architecture.graph(input: architecture.usualInput, classes: 1000).summary
    #expect(summary.parameters == parameters, "\(architecture)")
    #expect(abs(summary.operations / 2e9 - multiplyAdds) < 0.005, "\(architecture): \(summary.operations)")
  }

  /// What torchvision states, less the 2,365,205 of the second head that these networks do not have.
  @Test(arguments: [(Architecture.fcn, 35_322_218), (.deepLabV3, 42_004_074)])
  func knownSegmentersHaveTheirNumbers(architecture: Architecture, parameters: Int) throws {
    let summary = try architecture.graph(input: [65, 97, 3], classes: 21).summary
    #expect(summary.parameters == parameters - 2_365_205, "\(architecture)")
    #expect(try architecture.graph(input: [65, 97, 3], classes: 21).nodes.last?.shape == [65, 97, 21])
  }

  @Test func lenetIsCountedByHand() throws {
    let graph = try Architecture.lenet.graph(input: [28, 28, 1], classes: 10)
    let summary = graph.summary
    #expect(
      summary.layers.map(\.label) == [
        "input", "conv 5x5", "relu", "maximum 2x2", "conv 5x5", "relu", "maximum 2x2", "flatten", "dense", "relu",
        "dense",
      ])
    let costs: [String: (parameters: Int, operations: Int)] = [
      "conv1": (25 * 32 + 32, 2 * 28 * 28 * 25 * 32), "conv2": (25 * 32 * 64 + 64, 2 * 14 * 14 * 25 * 32 * 64),
      "fc1": (3136 * 128 + 128, 2 * 3136 * 128), "fc2": (128 * 10 + 10, 2 * 128 * 10),
    ]
    for layer in summary.layers {
      #expect(layer.parameters == costs[layer.name]?.parameters ?? 0, "\(layer)")
      #expect(layer.operations == Double(costs[layer.name]?.operations ?? 0), "\(layer)")
    }
    #expect(summary.statistics == 0)
  }

  @Test func aSummaryIsThatOfTheNetwork() throws {
    for architecture in [Architecture.lenet, .resnet, .densenet, .unet, .unetResize, .detector, .tdnn, .invariant] {
      let graph = try architecture.graph(input: architecture.usualInput, classes: architecture.usualClasses)
      var generator = SeededGenerator(seed: 1)
      let network = try Network<Float>(graph, using: &generator)
      #expect(graph.summary.parameters == network.parameterCount, "\(architecture)")
      let statistics = network.parameters.filter { !$0.role.isTrained }.reduce(0) { $0 + $1.value.count }
      #expect(graph.summary.statistics == statistics, "\(architecture)")
      for mode in [ForwardMode.training, .inference] {
        let (planned, bound) = try graph.arenaBytes(batch: 4, mode: mode)
        #expect(try network.arenaBytes(batch: 4, mode: mode) == (planned, bound), "\(architecture) \(mode)")
        #expect(planned >= bound && bound > 0, "\(architecture) \(mode)")
      }
    }
  }
}
