/// Two runs of `unfold bench`, pass by pass.
struct RunComparison: Codable, Equatable {
  /// One pass of one shape that both runs have.
  struct Row: Codable, Equatable {
    var name, shape: String
    var direction: PassDirection
    var threads: Int
    /// How it was computed in the first run and in the second.
    var algorithms: [String]
    /// The medians in seconds, of the first run and of the second.
    var medians: [Double]
    /// The first run's median over the second's: more than 1 where the second is faster. And what the ratio lies between
    /// with a probability of 95 %, see ``MedianInterval``.
    var ratio, low, high: Double

    /// What can be said of the second run.
    var verdict: Verdict { low > 1 ? .faster : high < 1 ? .slower : .same }
  }

  enum Verdict: String, Codable {
    case faster, slower, same
  }

  var rows: [Row] = []
  /// The names of the passes that only one run has: the first, and the second.
  var missing: [[String]] = [[], []]
  /// What differs between the machines and the engines, a sentence each.
  var differences: [String] = []

  init(_ first: SpeedReport, _ second: SpeedReport) {
    differences = Self.differences(first, second)
    // Runs on one number of threads each can be compared whatever the numbers are: that is a difference to tell.
    let areThreadsAlike = first.threads.count > 1 || second.threads.count > 1
    var rest = second.samples
    for sample in first.samples {
      guard
        let index = rest.firstIndex(where: {
          $0.isSamePass(as: sample) && (!areThreadsAlike || $0.threads == sample.threads)
        })
      else {
        missing[0].append(Self.name(of: sample, in: first))
        continue
      }
      let other = rest.remove(at: index)
      guard let before = MedianInterval(sample.seconds), let after = MedianInterval(other.seconds) else { continue }
      rows.append(
        Row(
          name: sample.name, shape: sample.shape, direction: sample.direction, threads: sample.threads,
          algorithms: [sample.algorithm, other.algorithm], medians: [before.median, after.median],
          ratio: before.median / after.median, low: before.low / after.high, high: before.high / after.low))
    }
    missing[1] = rest.map { Self.name(of: $0, in: second) }
  }

  private static func name(of sample: SpeedSample, in report: SpeedReport) -> String {
    "\(sample.name) \(sample.direction.rawValue)"
      + (report.threads.count > 1 ? " on \(threadText(sample.threads))" : "")
  }

  /// The geometric mean of the ratios of a direction; nan without any.
  func geometricMean(_ direction: PassDirection) -> Double {
    SpeedSummary.geometricMean(rows.filter { $0.direction == direction }.map(\.ratio))
  }

  private static func text(_ threads: [Int]) -> String { threads.map(String.init).joined(separator: ",") }

  private static func differences(_ first: SpeedReport, _ second: SpeedReport) -> [String] {
    let (one, two) = (first.machine, second.machine)
    let properties: [(name: String, values: (String, String))] = [
      ("processor", (one.processor, two.processor)), ("threads", (Self.text(first.threads), Self.text(second.threads))),
      ("kernels", (one.kernels ?? "unknown", two.kernels ?? "unknown")),
      ("OpenBLAS core", (one.openBLAS.core, two.openBLAS.core)), ("build level", (one.buildLevel, two.buildLevel)),
      ("optimised build", ("\(one.isOptimizedBuild)", "\(two.isOptimizedBuild)")),
    ]
    return properties.compactMap { name, values in
      values.0 == values.1 ? nil : "\(name): \(values.0), then \(values.1)"
    } + [first, second].flatMap { $0.doubts ?? [] }
  }
}

extension SpeedSample {
  /// Whether two runs measured the same: the shape with its images, the pass and the algorithm that was requested.
  fileprivate func isSamePass(as other: SpeedSample) -> Bool {
    (operation, name, shape, batch, direction, wantedAlgorithm)
      == (other.operation, other.name, other.shape, other.batch, other.direction, other.wantedAlgorithm)
  }
}

/// The median of numbers that were drawn independently, and what the median of their distribution lies between with a
/// probability of 95 % at least, whatever the distribution: the numbers of the ranks `n / 2 -+ 1.96 sqrt(n) / 2`, of few
/// numbers the least and the largest. Source: Conover, "Practical Nonparametric Statistics", 1999, section 3.2.
struct MedianInterval: Equatable {
  let median, low, high: Double
}

extension MedianInterval {
  /// Nil without numbers.
  init?(_ numbers: [Double]) {
    guard let median = numbers.median else { return nil }
    let sorted = numbers.sorted()
    let (half, reach) = (Double(sorted.count) / 2, 0.98 * Double(sorted.count).squareRoot())
    self.median = median
    // Ranks count from 1.
    let last = sorted.count - 1
    low = sorted[max(0, Int((half - reach).rounded(.down)) - 1)]
    high = sorted[min(last, Int((half + reach).rounded(.up)))]
  }
}
