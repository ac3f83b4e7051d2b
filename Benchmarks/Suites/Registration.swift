import Benchmark

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
  let name = parts.joined(separator: ".")
  Benchmark(
    name, configuration: configuration,
    closure: { (benchmark: Benchmark, run: () throws -> Void) in
      let time = orFail(name) { try ContinuousClock().measure(run) }
      if let operations { benchmark.measurement(rate, Int(operations / (time / .microseconds(1)))) }
    },
    setup: { orFail(name, prepare) })
}
