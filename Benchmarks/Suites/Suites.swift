import Benchmark

/// The benchmarks that the harness runs. A benchmark's name says what is measured, in this order: the operator, the
/// direction, the shape, the implementation. `--filter` takes a regular expression of the whole name. There are dots
/// between the parts because the harness writes thresholds to files whose names have no blanks, and looks for names as
/// they are.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .peakMemoryResident], warmupIterations: 1, maxDuration: .milliseconds(300))
  orFail("convolution", convolutionSuite)
  orFail("pooling", poolingSuite)
  orFail("resampling", resamplingSuite)
  activationSuite()
  orFail("dense", denseSuite)
  trainingSuite()
  orFail("memory", memorySuite)
}
