/// The JSON of a run of `unfold bench` over shapes; Benchmarks/README.md explains each field.
struct SpeedReport: Codable, Equatable {
  var schema = BenchFile.schema
  var kind = BenchFile.Kind.shapes
  var machine: MachineDescription
  /// The numbers of threads, in the order of the samples of a pass.
  var threads: [Int]
  /// The machine's rates on each of them, measured before the shapes; none where memory bounds the shapes.
  var rates: [MachineRates] = []
  /// Why the rates are lower than the machine's, a sentence each.
  var doubts: [String]?
  /// The file.
  var shapes: String
  var samples: [SpeedSample]
  var summaries: [SpeedSummary]
}
