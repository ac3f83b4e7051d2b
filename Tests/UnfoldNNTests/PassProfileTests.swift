import Testing
import Unfold

@testable import UnfoldNN

/// The time of each step of a pass: all of them, each part once.
@Suite struct PassProfileTests {
  private let graph: Graph
  private let network: Network<Float>
  private let images: Tensor<Float>
  private let context: ExecutionContext

  init() throws {
    var generator = SeededGenerator(seed: 1)
    graph = try leNet(input: [28, 28, 1], classes: 10)
    network = try Network(graph, using: &generator)
    images = try Tensor(repeating: 0.5, shape: [4, 28, 28, 1])
    context = try ExecutionContext(threads: 2)
  }

  private func step() throws {
    try network.run(images, mode: .training, context: context)
    let gradient = try Tensor<Float>(repeating: 0.1, shape: [4, 10])
    network.profile?.endOutside("loss")
    try network.backward(gradient, context: context)
  }

  @Test func everyPartOfAStepIsRecorded() throws {
    try step()
    let profile = PassProfile()
    network.profile = profile
    for _ in 0..<3 { try step() }
    network.profile = nil
    try step()
    #expect(profile.passes == 3)
    let measured = profile.measured
    #expect(measured.allSatisfy { $0.seconds > 0 })
    func rows(_ part: PassProfile.Part) -> [PassProfile.Row] {
      measured.filter { $0.part == part && !$0.label.isEmpty }
    }
    // Two convolutions and two dense layers have filters; of the first convolution no input gradient is wanted.
    #expect(rows(.filterGradient).count == 4 && rows(.inputGradient).count == 3)
    for part in [PassProfile.Part.filterGradient, .forward] {
      let operations = rows(part).reduce(0.0) { $0 + $1.operations }
      #expect(operations == 4 * graph.summary.operations)
    }
    #expect(rows(.forward).flatMap(\.nodes).count == graph.nodes.count - 1)
    #expect(
      rows(.backward).contains { $0.label.contains("maximum") } && rows(.backward).allSatisfy { $0.operations == 0 })
    #expect(measured.filter(\.label.isEmpty).map(\.nodes) == [["loss"]])
    // The first convolution: 28x28 pixels to 32 maps of the same size, 25 taps and a bias each.
    let numbers: Int = 4 * 28 * 28 * 33 + 25 * 32 + 32
    #expect(rows(.forward).first?.bytes == 4 * numbers)
  }

  @Test func anInferenceHasForwardPassesOnly() throws {
    var generator = SeededGenerator(seed: 1)
    let inference = try InferenceNetwork(Network<Float>(graph, using: &generator), batch: 4, context: context)
    let profile = PassProfile()
    inference.profile = profile
    for _ in 0..<2 { try inference.run(images, context: context) }
    #expect(profile.passes == 2 && !profile.measured.isEmpty)
    #expect(profile.measured.allSatisfy { $0.part == .forward && $0.seconds > 0 })
    let operations = profile.measured.reduce(0.0) { $0 + $1.operations }
    #expect(operations == 4 * graph.summary.operations)
  }
}
