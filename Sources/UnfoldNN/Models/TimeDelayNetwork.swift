import Unfold

/// The time-delay network of Waibel et al. 1989 (the lecture's 1-D scan) in today's form: dilated convolutions along
/// time, then the mean over it. Series are images of one row, `[1, L, C]`.
///
/// ```
/// [1, L, C] -5-> 64 -3, dilation 2-> 64 -3, dilation 4-> 128 -mean over time-> classes
/// ```
public struct TimeDelayNetwork: Hashable, Sendable {
  public var filters: [Int]
  /// The probability of dropout before the last layer.
  public var dropout: Double

  /// A network.
  public init(filters: [Int] = [64, 64, 128], dropout: Double = 0.2) {
    self.filters = filters
    self.dropout = dropout
  }

  /// The graph.
  ///
  /// - Parameters:
  ///   - input: `[1, L, C]`.
  ///   - classes: The number of logits.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      var y = x
      for (layer, filters) in filters.enumerated() {
        y = try y.convolution(
          filters, window: Extent(1, layer == 0 ? 5 : 3), padding: .same, dilation: Extent(1, 1 << layer),
          hasBias: false
        ).batchNorm().relu()
      }
      return try y.globalMeanPooling().dropout(dropout).dense(classes, initializer: .logits)
    }
  }
}
