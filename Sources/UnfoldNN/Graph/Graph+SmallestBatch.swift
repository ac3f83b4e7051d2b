import Unfold

extension Graph {
  /// The fewest samples that the network can be trained on at a time: 2 where a batch normalisation sees one value of each
  /// channel a sample, as on maps of 1x1, whose variance over one sample would be 0; otherwise 1.
  ///
  /// - Complexity: Linear in the nodes.
  public var smallestTrainingBatch: Int {
    let seesSingleValues = nodes.contains { node in
      node.layer is BatchNormalizationLayer && node.shape.extents.dropLast().allSatisfy { $0 == 1 }
    }
    return seesSingleValues ? 2 : 1
  }
}
