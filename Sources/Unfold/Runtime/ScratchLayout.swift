/// The layout of one piece of scratch memory: regions that all workers share, then regions of their own for each worker.
struct ScratchLayout: Sendable {
  var shared = ScratchRegions()
  /// The regions of a worker, within its memory.
  var own = ScratchRegions()

  func bytes(threads: Int) -> Int { shared.bytes + threads * own.bytes }

  /// The memory of a worker.
  @inline(__always)
  func worker(_ index: Int, in scratch: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    scratch + shared.bytes + index * own.bytes
  }
}
