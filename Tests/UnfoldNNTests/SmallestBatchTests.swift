import Testing
import Unfold
import UnfoldNN

/// What a network says about the smallest batch beside what it trains on.
@Suite struct SmallestBatchTests {
  private func convolved(_ input: Shape) throws -> Graph {
    try Graph(input: input) { x in
      try x.convolution(2, window: 4, padding: .valid).batchNorm().relu().flatten().dense(2)
    }
  }

  @Test func aSingleSampleIsEnoughUnlessABatchNormalizationSeesOneValue() throws {
    let graphs: [(smallest: Int, graph: Graph)] = [
      (2, try convolved([4, 4, 3])), (1, try convolved([5, 4, 3])),
      (2, try Graph(input: [6]) { x in try x.dense(3).batchNorm().relu().dense(2) }),
      (1, try Graph(input: [6]) { x in try x.dense(3).layerNorm().relu().dense(2) }),
      (1, try Architecture.resnet.graph(input: [8, 8, 1], classes: 2)),
      (2, try Architecture.resnet18.graph(input: [8, 8, 1], classes: 2)),
    ]
    for (number, (smallest, graph)) in graphs.enumerated() {
      #expect(graph.smallestTrainingBatch == smallest, "graph \(number)")
      var generator = SeededGenerator(seed: 1)
      let network = try Network<Float>(graph, using: &generator)
      let sample = try Tensor<Float>(shape: Shape([1] + network.inputShape.extents)) { Float($0 % 7) }
      if smallest == 1 {
        _ = try network.forward(sample, mode: .training)
      } else {
        #expect(throws: UnfoldError.self, "graph \(number)") { try network.forward(sample, mode: .training) }
      }
    }
  }
}
