import Unfold

/// Three convolutions for objects at any angle of rotation. Each filter is applied under several rotations, and the
/// largest response counts; or, for comparison, the convolutions are plain, with the same number of weights.
///
/// ```
/// [28, 28, 1] -5x5-> 24 -pool-> -5x5-> 48 -pool-> -5x5-> 64 -maximum of the map-> classes
/// ```
///
/// Source: the lecture's outline, "Transposition, scaling, rotation and deformation invariance".
public struct RotationNetwork: Hashable, Sendable {
  /// The filters of each layer.
  public var filters: [Int]
  /// The rotations under which each filter is applied; 1 for a plain convolution.
  public var rotations: Int

  /// A network.
  public init(filters: [Int] = [24, 48, 64], rotations: Int = 8) {
    self.filters = filters
    self.rotations = rotations
  }

  /// The graph.
  ///
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    let transforms: [FilterTransform]
    do {
      transforms = try FilterTransform.rotations(of: 5, count: rotations)
    } catch {
      throw .node(name: "rotations", inputs: [], reason: error)
    }
    return try Graph(input: input) { x throws(GraphError) in
      var y = x
      for (layer, filters) in filters.enumerated() {
        if layer > 0 { y = try y.maximumPooling(2) }
        y =
          rotations > 1
          ? try y.invariantConvolution(filters, transforms: transforms, padding: .same, hasBias: false)
          : try y.convolution(filters, window: 5, padding: .same, hasBias: false)
        y = try y.batchNorm().relu()
      }
      return try y.globalMaximumPooling().dense(classes, initializer: .logits)
    }
  }
}
