import Unfold

/// What is on an image and where: a class and a box around the one object. Residual blocks down to maps of an eighth of
/// the size, then two dense heads.
///
/// Outputs, in this order: `class`, logits `[classes]`, and `box`, `[4]`: left, top, right and bottom as parts of the
/// image's width and height, 0 to 1.
public struct Detector: Hashable, Sendable {
  /// The filters of each stage; every stage but the first halves the map.
  public var filters: [Int]

  /// A network.
  public init(filters: [Int] = [16, 32, 64, 128]) { self.filters = filters }

  /// The graph.
  ///
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    let builder = GraphBuilder()
    var y = try builder.input(input)
    for (stage, filters) in filters.enumerated() {
      y = try y.scope("layer\(stage + 1)") { x throws(GraphError) in
        let down = try x.convolution(filters, window: 3, stride: stage == 0 ? 1 : 2, padding: 1, hasBias: false)
          .batchNorm().relu()
        let more = try down.convolution(filters, window: 3, padding: .same, hasBias: false).batchNorm()
        return try (more + down).relu()
      }
    }
    // No mean over the map, which would lose positions.
    let features = try y.convolution(32, window: 1, hasBias: false).batchNorm().relu().flatten().dense(128).relu()
    return try builder.graph(outputs: [
      features.dense(classes, initializer: .logits, name: "class"),
      features.dense(4, initializer: .logits, name: "box_logits").activation(.sigmoid, name: "box"),
    ])
  }
}
