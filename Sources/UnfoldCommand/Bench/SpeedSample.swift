import Glibc

/// The times of one pass of one shape, and what follows from them.
struct SpeedSample: Codable, Equatable {
  /// The memory of a pass, in bytes.
  struct Memory: Codable, Equatable {
    /// The process before it had any tensor.
    var before: Int
    /// The most during the pass.
    var peak: Int
    /// The tensors of the pass.
    var tensors: Int

    /// What the pass needed beside its tensors: workspace, BLAS's packing buffers, the threads' stacks.
    var beside: Int { peak - before - tensors }
  }

  var name: String
  /// The descriptor with all its fields.
  var shape: String
  /// The images that were used.
  var batch: Int
  /// How often the network has this layer.
  var occurrences: Int
  var direction: PassDirection
  /// How it was to be computed, and how it was.
  var wantedAlgorithm: String
  var algorithm: String
  /// The multiplications and additions of one run.
  var operations: Double
  /// The bytes of its tensors.
  var bytes: Int
  /// Every run after the warm-up.
  var seconds: [Double]
  var memory: Memory?
  /// Whether other programs were running in every attempt.
  var isDisturbed: Bool?

  var minimum: Double { seconds.min() ?? .nan }

  var median: Double { seconds.median ?? .nan }

  /// What one run does: its operations, or where memory bounds it, its bytes.
  private var work: Double { operations > 0 ? operations : Double(bytes) }
  /// Of the following.
  var unit: String { operations > 0 ? "GFLOP/s" : "GB/s" }
  /// The rate of the fastest run.
  var bestRate: Double { work / minimum / 1e9 }
  /// The rate of the run in the middle.
  var medianRate: Double { work / median / 1e9 }
}

/// The rates of all shapes in one direction by one algorithm taken together, in GFLOP/s, or in GB/s where memory bounds them.
struct SpeedSummary: Codable, Equatable {
  var direction: PassDirection
  /// How they were to be computed.
  var wantedAlgorithm: String
  /// How many shapes there are.
  var shapes: Int
  /// The geometric mean of the shapes' fastest runs.
  var bestGeometricMean: Double
  /// The geometric mean of the shapes' median runs.
  var medianGeometricMean: Double
  /// The milliseconds of all layers, each as often as the network has it, by the median runs.
  var networkMilliseconds: Double

  /// A summary for each direction and algorithm, in the order in which they first come.
  static func all(of samples: [SpeedSample]) -> [SpeedSummary] {
    unique(samples.map(\.direction)).flatMap { direction in
      unique(samples.map(\.wantedAlgorithm)).compactMap { algorithm in
        let members = samples.filter { $0.direction == direction && $0.wantedAlgorithm == algorithm }
        return members.isEmpty ? nil : SpeedSummary(direction, algorithm, of: members)
      }
    }
  }

  private init(_ direction: PassDirection, _ algorithm: String, of samples: [SpeedSample]) {
    self.direction = direction
    wantedAlgorithm = algorithm
    shapes = samples.count
    bestGeometricMean = Self.geometricMean(samples.map(\.bestRate))
    medianGeometricMean = Self.geometricMean(samples.map(\.medianRate))
    networkMilliseconds = samples.reduce(0) { $0 + $1.median * 1000 * Double($1.occurrences) }
  }

  /// nan without numbers.
  static func geometricMean(_ numbers: [Double]) -> Double {
    exp(numbers.reduce(0) { $0 + log($1) } / Double(numbers.count))
  }
}

/// The JSON of a run of `unfold bench`.
struct SpeedReport: Codable, Equatable {
  var machine: MachineDescription
  var threads: Int
  /// The rate of matrix products in single precision on as many threads, measured before the shapes; GFLOP/s.
  var matrixProducts: Double?
  /// Why the rates are lower than the machine's, a sentence each.
  var doubts: [String]?
  var shapes: String
  var samples: [SpeedSample]
  var summaries: [SpeedSummary]
}

extension [Double] {
  /// The number in the middle, the mean of the two in the middle; nil without numbers.
  var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
