import Unfold
import UnfoldNN

/// The whole output of `unfold summary`.
struct SummaryReport: CommandReport {
  struct Row: Encodable {
    var name, operation: String
    var outputShape: [Int]
    var parameters: Int
    var operations: Double
  }

  struct Memory: Encodable {
    var planned, lowerBound: Int

    init(_ bytes: (planned: Int, lowerBound: Int)) { (planned, lowerBound) = bytes }
  }

  var model: String
  var input: [Int]
  var classes: Int
  var layers: [Row]
  var parameters: Int
  /// Running averages: kept, not trained.
  var statistics: Int
  /// For one sample.
  var operations: Double
  var batch: Int
  var trainingBytes: Memory
  var inferenceBytes: Memory

  init(_ choice: NetworkOptions.Choice, batch: Int) throws {
    let graph = choice.graph
    let summary = graph.summary
    model = choice.name
    input = choice.input.extents
    classes = choice.classes
    layers = summary.layers.map {
      Row(
        name: $0.name, operation: $0.label, outputShape: $0.outputShape.extents, parameters: $0.parameters,
        operations: $0.operations)
    }
    (parameters, statistics, operations) = (summary.parameters, summary.statistics, summary.operations)
    self.batch = batch
    trainingBytes = Memory(try graph.arenaBytes(batch: batch, mode: .training))
    inferenceBytes = Memory(try graph.arenaBytes(batch: batch, mode: .inference))
  }

  func lines(width: Int) -> [String] {
    var table = TextTable([
      .init("layer", .left, isCut: true), .init("operation", .left, isCut: true), .init("output", .right),
      .init("parameters"),
      .init("MFLOP"),
    ])
    for layer in layers {
      table.append([
        layer.name, layer.operation, layer.outputShape.map(String.init).joined(separator: "x"),
        layer.parameters == 0 ? "" : layer.parameters.groupedText,
        layer.operations == 0 ? "" : Self.millions(layer.operations),
      ])
    }
    let lines = [
      "",
      "parameters        \(parameters.groupedText)"
        + (statistics > 0 ? ", and \(statistics.groupedText) running averages" : ""),
      "operations        \(Self.millions(operations)) MFLOP a sample, forward",
      "training arena    \(Self.bytes(trainingBytes)) at batch \(batch)",
      "inference arena   \(Self.bytes(inferenceBytes)) at batch \(batch)",
    ]
    return table.fitted(to: width).lines + lines
  }

  private static func millions(_ operations: Double) -> String {
    let millions = operations / 1e6
    return millions < 100 ? millions.text(places: 2) : millions.groupedText
  }

  private static func bytes(_ memory: Memory) -> String {
    "\(memory.planned.mebibyteText), at least \(memory.lowerBound.mebibyteText)"
  }
}
