import Unfold

/// Measures one pass of one shape.
struct SpeedMeasurement {
  let context: ExecutionContext
  /// The time that the runs of one pass may take together.
  let seconds: Double
  let watch: MachineWatch

  private static let fewestRuns = 3

  /// Runs the pass until its time is up, at least three times, after a warm-up that is not counted: the first run makes
  /// the workspace grow, wakes the threads and fills the caches.
  ///
  /// - Parameter residentBefore: If memory is measured: the resident memory before the process had any tensor.
  /// - Throws: `UnfoldError` where memory is refused.
  func measure(_ item: BenchCase, _ direction: PassDirection, residentBefore: Int? = nil) throws -> SpeedSample {
    if residentBefore != nil { ResidentMemory.resetPeak() }
    var pass = try item.pass(direction)
    let warm = monotonicSeconds()
    repeat { try pass.run(context: context) } while monotonicSeconds() - warm < min(0.1 * seconds, 0.05)

    let (times, isDisturbed) = try watch.measure {
      try pass.times(seconds: seconds, fewest: Self.fewestRuns, context: context)
    }
    var memory: SpeedSample.Memory?
    if let residentBefore, let peak = ResidentMemory.peak {
      memory = .init(before: residentBefore, peak: peak, tensors: pass.tensorBytes)
    }
    return SpeedSample(
      operation: item.operation, name: item.label, shape: item.shape, batch: item.batch,
      occurrences: item.occurrences, direction: direction, threads: context.threads,
      wantedAlgorithm: item.wantedAlgorithm, algorithm: item.algorithm(direction, context.accuracy),
      operations: item.operations, bytes: pass.tensorBytes, seconds: times, memory: memory,
      isDisturbed: isDisturbed ? true : nil)
  }
}
