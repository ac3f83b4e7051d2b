import UnfoldNN

/// The JSON of a run of `unfold bench --network`; Benchmarks/README.md explains each field.
struct NetworkReport: Codable, Equatable {
  enum Mode: String, Codable {
    /// A step: forward, loss, backward and optimiser.
    case training
    case inference

    var title: String { self == .training ? "training step" : "inference" }
  }

  /// The times on one number of threads.
  struct Run: Codable, Equatable {
    var threads: Int
    /// Every step or inference after the warm-up.
    var seconds: [Double]
    /// Whether other programs were running in every attempt.
    var isDisturbed: Bool?
    var profile: NetworkProfile?

    var minimum: Double { seconds.min() ?? .nan }
    var median: Double { seconds.median ?? .nan }
  }

  var schema = BenchFile.schema
  var kind = BenchFile.Kind.network
  var machine: MachineDescription
  var network: String
  var mode: Mode
  /// The shape of one sample.
  var input: [Int]
  /// The number of samples.
  var batch: Int
  var runs: [Run]
  /// Why the rates are lower than the machine's, a sentence each.
  var doubts: [String]?
}

/// The time of each layer and pass of a network.
struct NetworkProfile: Codable, Equatable {
  /// One pass of one layer, or of several that run as one.
  struct Row: Codable, Equatable {
    /// The names of the layers.
    var layers: [String]
    /// What they compute: `conv 3x3`; empty for what is outside of the network.
    var operation: String
    /// `forward`, `input gradient`, `filter gradient`, or `backward` where they are computed together; `loss` and
    /// `optimiser` outside of the network.
    var pass: String
    /// The mean time of a run.
    var seconds: Double
    /// The multiplications and additions of a run; 0 where they are no measure of the work.
    var operations: Double
    /// The bytes of the tensors that a run reads and writes.
    var bytes: Int
  }

  /// Every run in which the clock was read after each layer.
  var seconds: [Double]
  /// In the order in which they ran.
  var rows: [Row]

  /// The mean time of a run by the clock around it.
  var mean: Double { seconds.isEmpty ? .nan : seconds.reduce(0, +) / Double(seconds.count) }
  /// The sum of the rows.
  var total: Double { rows.reduce(0) { $0 + $1.seconds } }
}

extension NetworkProfile {
  init(_ profile: PassProfile, seconds: [Double]) {
    self.seconds = seconds
    let passes = Double(max(profile.passes, 1))
    rows = profile.measured.map { row in
      let isOutside = row.label.isEmpty
      return Row(
        layers: isOutside ? [] : row.nodes, operation: row.label, pass: isOutside ? row.nodes[0] : row.part.title,
        seconds: row.seconds / passes, operations: row.operations, bytes: row.bytes)
    }
  }

  /// The rows of the same operation and pass taken together, the longest first: `conv 3x3` and `conv 1x1` are both
  /// `conv`.
  var kinds: [Row] {
    var sums: [Row] = []
    for row in rows {
      // The words before the first number.
      let kind = row.operation.split { $0 == " " || $0 == "," }.prefix { !$0.contains(where: \.isNumber) }
        .joined(separator: " ")
      if let index = sums.firstIndex(where: { $0.operation == kind && $0.pass == row.pass }) {
        sums[index].layers += row.layers
        sums[index].seconds += row.seconds
        sums[index].operations += row.operations
        sums[index].bytes += row.bytes
      } else {
        var sum = row
        sum.operation = kind
        sums.append(sum)
      }
    }
    return sums.sorted { $0.seconds > $1.seconds }
  }
}

extension PassProfile.Part {
  fileprivate var title: String {
    switch self {
    case .forward: "forward"
    case .filterGradient: "filter gradient"
    case .inputGradient: "input gradient"
    case .backward: "backward"
    }
  }
}
