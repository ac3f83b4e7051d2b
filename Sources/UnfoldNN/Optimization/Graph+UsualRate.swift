import Unfold

extension Graph {
  /// A default for the highest learning rate of Adam, derived from the graph:
  ///
  /// ```
  /// 0.001 min(1, 192 / Σ √n)        n: the inputs of one unit; over all layers that no normalisation follows
  /// ```
  ///
  /// A step of Adam changes every weight by about the rate, so that the output of a unit moves by about the rate times
  /// √n, and more where the changes agree; the movements of one layer after the other multiply. A normalisation removes
  /// them. 0.001 is Adam's usual rate; 192 is what `lenet` for images of 64 x 64 pixels tolerates.
  ///
  /// Sources: Kingma and Ba 2015 (0.001); Yang and Hu, "Tensor programs V" (2022), table 3: Adam's rate falls with the
  /// fan-in. A rate for each layer would be better than one for all, but it would no longer be Adam.
  public var usualAdamRate: Double {
    0.001 * min(1, 192 / max(1, unnormalizedFans.reduce(0) { $0 + Double($1).squareRoot() }))
  }

  /// The inputs of one unit of each layer with weights whose outputs reach another such layer, or an output of the
  /// graph, without a normalisation between; the last layer first.
  var unnormalizedFans: [Int] {
    var readers = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { readers[input].append(index) }
    }
    var fans: [Int] = []
    var isNormalized = [Bool](repeating: false, count: nodes.count)
    for index in nodes.indices.reversed() {
      isNormalized[index] =
        !outputs.contains(index)
        && readers[index].allSatisfy { reader in
          nodes[reader].isNormalization || (parameters(of: reader).isEmpty && isNormalized[reader])
        }
      guard !isNormalized[index] else { continue }
      for description in parameters(of: index) {
        if case .drawn(_, let fanIn, _) = description.start { fans.append(fanIn) }
      }
    }
    return fans
  }
}

extension Graph.Node {
  fileprivate var isNormalization: Bool {
    layer is BatchNormalizationLayer || layer is GroupNormalizationLayer
      || layer is LayerNormalizationLayer
  }
}
