import Testing
import Unfold
import UnfoldNN

@testable import UnfoldCommand

@Suite struct LayeredLayoutTests {
  private func edges(_ pairs: [(Int, Int)]) -> [BoxGraph.Edge] {
    pairs.map { BoxGraph.Edge(source: $0.0, target: $0.1) }
  }

  @Test func aSkipConnectionPassesBesideABlock() {
    // 0 -> 1 -> 2 -> 3, and 0 -> 3.
    let layout = LayeredLayout(boxes: 4, edges: edges([(0, 1), (1, 2), (2, 3), (0, 3)]))
    #expect(layout.layers == [0, 1, 2, 3])
    #expect(layout.parts.map(\.boxes) == [[0, 1, 2, 3], []])
    #expect(layout.parts[1].layers == 1...2 && layout.parts[1].edge == 3)
    #expect(layout.positions(width: 100, gap: 30, laneGap: 20) == [0, 80])
  }

  @Test func nestedSkipConnectionsLieAroundEachOther() {
    // The U of a U-Net: 0 1 2 3 4 5 6, with 0 -> 6, 1 -> 5, 2 -> 4.
    let chain = (0..<6).map { ($0, $0 + 1) }
    let layout = LayeredLayout(boxes: 7, edges: edges(chain + [(0, 6), (1, 5), (2, 4)]))
    #expect(layout.positions(width: 100, gap: 30, laneGap: 20) == [0, 120, 100, 80])
  }

  @Test func branchesStandSideBySide() {
    // Four branches of one box between 0 and 5.
    let layout = LayeredLayout(
      boxes: 6, edges: edges([(0, 1), (0, 2), (0, 3), (0, 4), (1, 5), (2, 5), (3, 5), (4, 5)]))
    #expect(layout.layers == [0, 1, 1, 1, 1, 2])
    #expect(Set(layout.positions(width: 100, gap: 30, laneGap: 20)) == [-130, 0, 130, 260])
  }

  @Test func nothingRunsThroughABox() {
    var generator = SeededGenerator(seed: 1)
    for round in 0..<200 {
      let boxes = generator.integer(in: 1...30)
      var pairs: [(Int, Int)] = []
      for target in 1..<max(boxes, 1) {
        for _ in 0..<generator.integer(in: 1...3) { pairs.append((generator.integer(in: 0...target - 1), target)) }
      }
      let (width, laneGap) = (100.0, 20.0)
      let layout = LayeredLayout(boxes: boxes, edges: edges(pairs))
      let positions = layout.positions(width: width, gap: 30, laneGap: laneGap)
      for (source, target) in pairs { #expect(layout.layers[source] < layout.layers[target], "round \(round)") }
      #expect(layout.parts.flatMap(\.boxes).sorted() == Array(0..<boxes), "round \(round)")
      for (i, one) in layout.parts.enumerated() {
        for (j, two) in layout.parts.enumerated() where i < j && one.layers.overlaps(two.layers) {
          let distance = abs(positions[i] - positions[j])
          let least =
            one.boxes.isEmpty && two.boxes.isEmpty
            ? laneGap : one.boxes.isEmpty || two.boxes.isEmpty ? width / 2 + 30 : width + 30
          #expect(distance >= least - 1e-9, "round \(round): \(one) at \(positions[i]), \(two) at \(positions[j])")
        }
      }
    }
  }

  @Test func nodesWithoutOtherReadersShareABox() throws {
    let graph = try Graph(input: [8, 8, 1]) { x in
      let y = try x.convolution(4, window: 3, padding: .same).batchNorm().relu()
      let z = try y.batchNorm().relu().convolution(4, window: 3, padding: .same)
      return try concatenate([y, z]).batchNorm().globalMeanPooling().dense(2)
    }
    let boxes = BoxGraph(graph)
    #expect(boxes.boxes.map(\.name) == ["input", "conv1", "bn2", "conv2", "cat1", "bn3", "pool1", "fc1"])
    #expect(boxes.boxes[1].labels == ["conv 3x3", "batch norm", "relu"])
    #expect(boxes.boxes[2].labels == ["batch norm", "relu"])
    #expect(boxes.boxes[4].shape == "8x8x8")
    #expect(
      boxes.edges.map { [$0.source, $0.target] } == [
        [0, 1], [1, 2], [2, 3], [1, 4], [3, 4], [4, 5], [5, 6], [6, 7],
      ])
  }
}
