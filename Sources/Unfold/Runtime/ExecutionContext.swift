import Glibc
import Synchronization

/// The threads and the scratch memory that operations run on.
///
/// Every operation takes a context; ``shared`` is used where none is given. A context owns its workers, which sleep
/// while nothing runs and are kept off their caller's core when they wake, and one workspace that grows to the largest
/// need seen. It runs one operation at a time: calls from several threads wait for each other. Results do not depend on
/// the number of threads.
public final class ExecutionContext: @unchecked Sendable {
  // Sendable because every use of the workers and the workspace holds `lock`.

  /// The most threads a context takes. OpenBLAS holds packing buffers for that many callers.
  public static let maximumThreads = 64

  /// A context with one thread for each core that this process may use.
  public static let shared = ExecutionContext(
    validatedThreads: min(Processor.availableCores, maximumThreads))

  /// The number of threads that an operation uses, the caller's included.
  public var threads: Int { workers.count }

  /// What ``ConvolutionAlgorithm/automatic`` may choose from in operations on this context:
  /// ``ConvolutionAccuracy/fast`` unless set otherwise. Set it before the operations that it is meant for. It is a default:
  /// a geometry's own ``ConvolutionGeometry/accuracy`` comes before it, and leaves the other calls as they are.
  public var accuracy: ConvolutionAccuracy {
    get { isStrict.load(ordering: .relaxed) ? .strict : .fast }
    set { isStrict.store(newValue == .strict, ordering: .relaxed) }
  }

  private let isStrict = Atomic<Bool>(false)
  private let workers: Workers
  private let workspace = Workspace()
  private let lock = RecursiveLock()

  /// A context with its own threads.
  ///
  /// - Parameter threads: 1 to ``maximumThreads``, the calling thread included.
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for any other number.
  public convenience init(threads: Int) throws(UnfoldError) {
    try require("threads", threads, in: 1...Self.maximumThreads, or: "1 to \(Self.maximumThreads)")
    self.init(validatedThreads: threads)
  }

  private init(validatedThreads threads: Int) {
    _ = OpenBLAS.singleThreaded
    workers = Workers(count: threads)
  }

  /// The bytes of scratch memory that the context holds at the moment.
  public var workspaceBytes: Int { workspace.byteCount }

  /// Calls `body(task, worker)` for every task in `0..<tasks`, on all threads, and returns when all are done. Each
  /// thread takes the tasks of its own share one by one, and then tasks of the other shares; `worker` is in
  /// `0..<threads`.
  ///
  /// Backwards, a thread begins with the last task of its share: what it read last is still in its cache.
  ///
  /// The closure runs on several threads at once: it may write only to memory that belongs to its task or worker.
  @inline(__always)
  package func forEach(_ tasks: Int, backwards: Bool = false, _ body: (_ task: Int, _ worker: Int) -> Void) {
    lock.lock()
    workers.run(tasks, isBackwards: backwards, body)
    lock.unlock()
  }

  /// Gives `body` scratch memory of `bytes` bytes, 64-byte aligned and uninitialised, for its exclusive use until it
  /// returns.
  ///
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  @inline(__always)
  func withScratch<Result>(
    bytes: Int, _ body: (UnsafeMutableRawPointer) throws(UnfoldError) -> Result
  ) throws(UnfoldError) -> Result {
    lock.lock()
    defer { lock.unlock() }
    let region = try workspace.take(bytes)
    defer { workspace.giveBack() }
    return try body(region)
  }
}
