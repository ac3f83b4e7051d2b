import CProcessor
import Synchronization
import Unfold

/// Measures the machine's peak rate of fused multiply-adds, and the rate of OpenBLAS's matrix products. In GFLOP/s, the
/// best of several runs: other processes can only lower it.
struct RateMeasurement {
  /// The threads that work at the same time.
  let context: ExecutionContext

  /// Fused multiply-adds on the processor's widest vectors, in registers only, on every thread.
  func fusedMultiplyAdds() -> Double {
    // The widest vectors are not always the fastest: some processors lower their clock for them.
    [16, 8, 4].filter { $0 <= unfold_widest_vector() }.map { lanes in
      best(runs: 8) { _ in unfold_run_multiply_adds(lanes, 500_000) }
    }.max() ?? 0
  }

  /// The same within about a millisecond: whether every thread has a core of its own at this moment. Two virtual cores
  /// may be threads of one physical core, and which they are changes while a machine runs.
  func momentaryMultiplyAdds() -> Double {
    best(runs: 3) { _ in unfold_run_multiply_adds(unfold_widest_vector(), 60_000) }
  }

  /// Single-precision products of square matrices, each thread working on matrices of its own with one thread of
  /// OpenBLAS, as the engine's workers call it.
  ///
  /// - Throws: `UnfoldError` where the memory cannot be allocated.
  func matrixProducts(extent: Int = 1024) throws(UnfoldError) -> Double {
    var matrices: [Tensor<Float>] = []
    for index in 0..<context.threads {
      matrices.append(try Tensor(shape: [extent, extent]) { Float(($0 &* 31 &+ index) % 97) / 97 - 0.5 })
    }
    let failure = Mutex<UnfoldError?>(nil)
    let operations = 2 * Double(extent) * Double(extent) * Double(extent)
    // The first run allocates the packing buffers and the memory of the results, which the allocator keeps for the next
    // run.
    let rate = best(runs: 12) { worker in
      do throws(UnfoldError) {
        _ = try matrixMultiply(matrices[worker], matrices[worker])
      } catch {
        failure.withLock { $0 = error }
      }
      return operations
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return rate
  }

  /// The best rate of `runs` runs, in each of which every thread calls `body`, which returns its operations, twice: a
  /// thread that wakes late does not leave the others without work.
  private func best(runs: Int, _ body: (_ worker: Int) -> Double) -> Double {
    var best = 0.0
    for _ in 0..<runs {
      let operations = Mutex(0.0)
      let start = monotonicSeconds()
      context.forEach(2 * context.threads) { _, worker in
        let done = body(worker)
        operations.withLock { $0 += done }
      }
      let seconds = monotonicSeconds() - start
      best = max(best, operations.withLock { $0 } / seconds / 1e9)
    }
    return best
  }
}
