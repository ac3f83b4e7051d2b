import Unfold

/// The first steps of an inference pass, run for a few samples at a time. Large maps of a whole batch would be written
/// to memory and read again between two layers; those of a few samples stay in the third-level cache.
///
/// ```
///                    step 0   1   2   3  |  4   5   6
/// samples 0 and 1         -> -> -> -> x  |
/// samples 2 and 3         -> -> -> -> x  |
/// all samples                            |  -> -> ->            x is kept for all, whatever is before it for two
/// ```
///
/// The cut is where later steps read one value only. Results depend on it only through the choice of convolution
/// algorithms.
struct MicroBatches: Equatable {
  /// The steps before the cut.
  let steps: Int
  /// The samples of a micro-batch: a divisor of the batch.
  let size: Int
  /// The node whose value the later steps read.
  let kept: Int

  /// The bytes that a step may read and write and still find in the cache again.
  private static let largestStepBytes = 20e6
  /// The most bytes that a step of a micro-batch should read and write; and the least, so that there is work for all
  /// threads.
  private static let wantedBytes = 1 << 20...8 << 20
  /// The parameters before the cut, which every micro-batch reads again.
  private static let largestParameterBytes = 8 << 20

  /// The micro-batches of an inference pass; nil where all samples are better run at once.
  init?(_ graph: Graph, _ steps: [ExecutionStep], batch: Int, elementBytes: Int) {
    func bytes(_ node: Int) -> Int { elementBytes * graph.nodes[node].shape.elements }
    let stepBytes = steps.map { step in step.inputs.reduce(bytes(step.output)) { $0 + bytes($1) } }
    guard let lastLarge = stepBytes.lastIndex(where: { Double($0) * Double(batch) > Self.largestStepBytes }) else {
      return nil
    }
    // The last step that reads each node, outputs of the graph being read at the end.
    var lastRead = [Int](repeating: -1, count: graph.nodes.count)
    for (index, step) in steps.enumerated() { for input in step.inputs { lastRead[input] = index } }
    for output in graph.outputs { lastRead[output] = steps.count }
    var (found, parameterBytes) = (MicroBatches?.none, 0)
    for (index, step) in steps.enumerated() where !step.layer.isView {
      for owner in step.owners {
        parameterBytes += graph.parameters(of: owner).reduce(0) { $0 + elementBytes * $1.shape.elements }
      }
      if parameterBytes > Self.largestParameterBytes { break }
      let before = graph.inputs + steps[...index].map(\.output)
      guard before.allSatisfy({ lastRead[$0] <= index || $0 == step.output }) else { continue }
      let largest = stepBytes[...index].max() ?? 1
      let fitting = (1...max(1, min(batch - 1, Self.wantedBytes.upperBound / max(largest, 1)))).last { size in
        batch % size == 0 && ([step.output] + graph.inputs).allSatisfy { size * bytes($0) % MemoryPlan.alignment == 0 }
      }
      guard let fitting, fitting < batch, fitting * largest >= Self.wantedBytes.lowerBound else { continue }
      found = MicroBatches(steps: index + 1, size: fitting, kept: step.output)
      if index >= lastLarge { break }
    }
    guard let found, !steps[..<found.steps].contains(where: \.layer.isView) else { return nil }
    self = found
  }

  private init(steps: Int, size: Int, kept: Int) {
    (self.steps, self.size, self.kept) = (steps, size, kept)
  }
}
