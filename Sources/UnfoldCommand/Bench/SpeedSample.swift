import Glibc

/// The times of one pass of one shape, and what follows from them.
struct SpeedSample: Codable, Equatable {
  /// The memory of a pass, in bytes.
  struct Memory: Codable, Equatable {
    /// The process before it had any tensor, and the most during the pass.
    var before, peak: Int
    /// The tensors of the pass.
    var tensors: Int

    /// The memory of the pass beside its tensors: workspace, BLAS's packing buffers, the threads' stacks.
    var beside: Int { peak - before - tensors }
  }

  /// The shape's name, and the descriptor with all its fields.
  var name, shape: String
  /// The images that were used, and how often the network has this layer.
  var batch, occurrences: Int
  var direction: PassDirection
  /// The algorithm that was requested, and the one that ran.
  var wantedAlgorithm, algorithm: String
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

  /// The time that so many percent of the runs did not exceed: the nearest rank; nan without runs.
  func percentile(_ percent: Int) -> Double {
    guard !seconds.isEmpty else { return .nan }
    return seconds.sorted()[max(0, (percent * seconds.count + 99) / 100 - 1)]
  }

  /// The work of one run: its operations, or its bytes if it is memory-bandwidth bound.
  private var work: Double { operations > 0 ? operations : Double(bytes) }
  /// The unit of the rates.
  var unit: String { operations > 0 ? "GFLOP/s" : "GB/s" }
  /// The rate of the fastest run.
  var bestRate: Double { work / minimum / 1e9 }
  /// The rate of the run in the middle.
  var medianRate: Double { work / median / 1e9 }
}

/// The rates of all shapes in one direction by one algorithm taken together, in GFLOP/s, or in GB/s where they are
/// memory-bandwidth bound.
struct SpeedSummary: Codable, Equatable {
  var direction: PassDirection
  /// The algorithm that was requested.
  var wantedAlgorithm: String
  /// The number of shapes.
  var shapes: Int
  /// The geometric means of the shapes' fastest runs, and of their median runs.
  var bestGeometricMean, medianGeometricMean: Double
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

  /// The geometric mean; nan without numbers.
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
  /// The median: the number in the middle, or the mean of the two in the middle; nil without numbers.
  var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
