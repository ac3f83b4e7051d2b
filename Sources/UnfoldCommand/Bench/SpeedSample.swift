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

  /// `convolution`, `transposed-convolution`, `dense`, `maximum-pooling` and so on.
  var operation = "convolution"
  /// The shape's name, and the descriptor with all its fields.
  var name, shape: String
  /// The images that were used, and how often the network has this layer.
  var batch, occurrences: Int
  var direction: PassDirection
  /// The number of threads.
  var threads = 1
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
  var threads: Int
  /// The algorithm that was requested.
  var wantedAlgorithm: String
  /// The number of shapes.
  var shapes: Int
  /// The geometric means of the shapes' fastest runs, and of their median runs.
  var bestGeometricMean, medianGeometricMean: Double
  /// The milliseconds of all layers, each as often as the network has it, by the median runs.
  var networkMilliseconds: Double

  /// What the samples of a summary have in common.
  private struct Group: Hashable {
    var direction: PassDirection
    var wantedAlgorithm: String
    var threads: Int

    init(_ sample: SpeedSample) {
      (direction, wantedAlgorithm, threads) = (sample.direction, sample.wantedAlgorithm, sample.threads)
    }
  }

  /// A summary for each direction, algorithm and number of threads, in the order in which they first come.
  static func all(of samples: [SpeedSample]) -> [SpeedSummary] {
    let groups = Dictionary(grouping: samples) { Group($0) }
    let algorithms = unique(samples.map(\.wantedAlgorithm))
    return unique(samples.map(\.direction)).flatMap { direction in
      // An algorithm's numbers of threads beside each other.
      algorithms.flatMap { algorithm in
        unique(samples.map { Group($0) }).filter { $0.direction == direction && $0.wantedAlgorithm == algorithm }
      }
    }.compactMap { group in groups[group].map { SpeedSummary(group, of: $0) } }
  }

  private init(_ group: Group, of samples: [SpeedSample]) {
    (direction, wantedAlgorithm, threads) = (group.direction, group.wantedAlgorithm, group.threads)
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

extension [Double] {
  /// The median: the number in the middle, or the mean of the two in the middle; nil without numbers.
  var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
