import Unfold

/// A graph in numbers: the shape, parameters and operations of each node.
///
/// ```swift
/// let summary = try Architecture.resnet50.graph(input: [224, 224, 3], classes: 1000).summary
/// summary.parameters          // 25,557,032
/// summary.operations / 1e9    // 8.18: multiplications and additions, for one image
/// ```
public struct GraphSummary: Hashable, Sendable {
  /// One node.
  public struct Row: Hashable, Sendable {
    /// Its name in the graph.
    public let name: String
    /// What it computes; see ``Layer/label``.
    public let label: String
    /// The shape of one sample of its output.
    public let outputShape: Shape
    /// The numbers that are trained.
    public let parameters: Int
    /// Those that are kept besides: running averages.
    public let statistics: Int
    /// The multiplications and additions of a forward pass for one sample; see ``Layer/operationCount(_:)``.
    public let operations: Double
  }

  /// In the order of the graph, its inputs first.
  public let layers: [Row]

  /// All numbers that are trained.
  public var parameters: Int { layers.reduce(0) { sum($0, $1.parameters) } }
  /// All numbers that are kept besides.
  public var statistics: Int { layers.reduce(0) { sum($0, $1.statistics) } }
  /// The multiplications and additions of a forward pass for one sample.
  public var operations: Double { layers.reduce(0) { $0 + $1.operations } }
}

extension Graph {
  /// The shape, parameters and operations of each node. No weights are made.
  public var summary: GraphSummary {
    GraphSummary(
      layers: nodes.enumerated().map { index, node in
        let sizes = parameters(of: index).map { (count: (try? $0.shape.elementCount()) ?? 0, role: $0.role) }
        return GraphSummary.Row(
          name: node.name, label: node.layer?.label ?? "input", outputShape: node.shape,
          parameters: sizes.reduce(0) { sum($0, $1.role.isTrained ? $1.count : 0) },
          statistics: sizes.reduce(0) { sum($0, $1.role.isTrained ? 0 : $1.count) },
          operations: node.layer?.operationCount(inputShapes(of: index)) ?? 0)
      })
  }
}

/// A saturating sum: a graph may have more weights than any machine can hold.
private func sum(_ one: Int, _ other: Int) -> Int {
  let (sum, overflows) = one.addingReportingOverflow(other)
  return overflows ? .max : sum
}
