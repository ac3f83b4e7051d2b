import Benchmark

/// The two implementations that stand side by side.
enum Implementation: String, CaseIterable {
  /// `Unfold`.
  case engine
  /// `UnfoldReference`, the loops of the lecture.
  case naive
}

/// Registers a benchmark.
///
/// - Parameters:
///   - parts: What its name says.
///   - operations: The multiplications and additions of one run, where they mean something.
///   - prepare: Makes the tensors of all runs and returns one run.
func register(_ parts: String..., operations: Double? = nil, prepare: @escaping () throws -> () throws -> Void) {
  let rate = BenchmarkMetric.custom("MFLOP/s", polarity: .prefersLarger, useScalingFactor: false)
  var configuration = Benchmark.defaultConfiguration
  if operations != nil { configuration.metrics.append(rate) }
  Benchmark(
    parts.joined(separator: "."), configuration: configuration,
    closure: { (benchmark: Benchmark, run: () throws -> Void) throws in
      let clock = ContinuousClock()
      let time = try clock.measure(run)
      if let operations { benchmark.measurement(rate, Int(operations / (time / .microseconds(1)))) }
    },
    setup: prepare)
}

/// Registers a benchmark that fails with the reason why the real ones cannot be registered: a harness without any
/// benchmark would seem to have passed.
func registerFailure(of suite: String, _ error: any Error) {
  Benchmark(suite) { benchmark in benchmark.error("\(error)") }
}
