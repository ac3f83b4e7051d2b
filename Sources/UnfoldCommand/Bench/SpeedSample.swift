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
  /// Every run after the warm-up.
  var seconds: [Double]
  var memory: Memory?

  var minimum: Double { seconds.min() ?? .nan }

  var median: Double { seconds.median ?? .nan }

  /// GFLOP/s of the fastest run.
  var bestRate: Double { operations / minimum / 1e9 }
  /// GFLOP/s of the run in the middle.
  var medianRate: Double { operations / median / 1e9 }
}

/// The rates of all shapes in one direction taken together, in GFLOP/s.
struct SpeedSummary: Codable, Equatable {
  var direction: PassDirection
  /// The geometric mean of the shapes' fastest runs.
  var bestGeometricMean: Double
  /// The geometric mean of the shapes' median runs.
  var medianGeometricMean: Double
  /// The milliseconds of all layers, each as often as the network has it, by the median runs.
  var networkMilliseconds: Double

  init(_ direction: PassDirection, of samples: [SpeedSample]) {
    let samples = samples.filter { $0.direction == direction }
    self.direction = direction
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
