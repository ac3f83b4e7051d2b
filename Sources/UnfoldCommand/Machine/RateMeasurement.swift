import CProcessor
import Synchronization
import Unfold

/// What this machine multiplies and adds at most, and what OpenBLAS makes of it. In GFLOP/s, the best of several runs:
/// other processes can only take away.
enum RateMeasurement {
  /// The operations per nanosecond of fused multiply-adds on the processor's widest vectors, in registers only, on
  /// `threads` threads at once.
  static func fusedMultiplyAdds(threads: Int) throws(CommandError) -> Double {
    var best = 0.0
    var lanes = unfold_widest_vector()
    // The widest vectors are not always the fastest: some processors lower their clock for them.
    while lanes >= 4 {
      best = max(best, try fusedMultiplyAdds(lanes: lanes, threads: threads))
      lanes /= 2
    }
    return best
  }

  private static func fusedMultiplyAdds(lanes: UInt32, threads: Int) throws(CommandError) -> Double {
    try best(threads: threads, runs: 5) { _ in unfold_run_multiply_adds(lanes, 1_000_000) }
  }

  /// The operations per nanosecond of single-precision products of square matrices, each of `threads` threads working on
  /// matrices of its own, with one thread of OpenBLAS each: as the engine's workers call it.
  static func matrixProducts(threads: Int, extent: Int = 1024) throws -> Double {
    _ = ExecutionContext.shared  // sets OpenBLAS to one thread
    let matrices = try (0..<threads).map { index in
      try Tensor<Float>(shape: [extent, extent]) { Float(($0 &* 31 &+ index) % 97) / 97 - 0.5 }
    }
    let failure = Mutex<UnfoldError?>(nil)
    let rate = try best(threads: threads, runs: 6) { index in
      // The first product of each thread brings its packing buffers and the memory of its result into being; as that
      // memory goes back to the allocator it is there for the next.
      var operations = 0.0
      for _ in 0..<4 {
        do throws(UnfoldError) {
          _ = try matrixMultiply(matrices[index], matrices[index])
        } catch {
          failure.withLock { $0 = error }
        }
        operations += 2 * Double(extent) * Double(extent) * Double(extent)
      }
      return operations
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return rate
  }

  /// The best rate of `runs` runs of `body`, which returns its operations, on `threads` threads at once. A run lasts from
  /// its start on the first thread to its end on the last.
  private static func best(
    threads: Int, runs: Int, _ body: @escaping @Sendable (Int) -> Double
  ) throws(CommandError) -> Double {
    let operations = Mutex(0.0)
    var best = 0.0
    for _ in 0..<runs {
      operations.withLock { $0 = 0 }
      let start = monotonicSeconds()
      try onThreads(threads) { index in
        let done = body(index)
        operations.withLock { $0 += done }
      }
      let seconds = monotonicSeconds() - start
      best = max(best, operations.withLock { $0 } / seconds / 1e9)
    }
    return best
  }
}
