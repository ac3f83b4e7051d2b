import CProcessor
import Glibc
import Synchronization

/// A fixed set of threads that run the tasks of one parallel loop at a time.
///
/// A loop is announced by making `generation` odd and closed by making it even again. A worker that sees an odd
/// generation registers in `active`, looks again, and pulls tasks; the caller, who works too, closes the loop when no
/// task is left and waits until `active` is zero. So nobody waits for a worker that wakes too late. Workers without
/// work spin for some microseconds (the next layer usually follows at once) and then sleep.
///
/// Every worker has a share of consecutive tasks, and takes tasks from the others' shares when its own is done. Tasks
/// are cut in the order of memory, so that in each loop a worker finds in its own cache what it left there in the loop
/// before:
///
/// ```
/// tasks      0 1 2 3 4 5 6 7 | 8 9 10 11 12 13 14 15
/// worker 0   ---------->     |                            when it gets to 8, it helps
/// worker 1                   | ------->
/// ```
final class Workers: @unchecked Sendable {
  // Sendable because `job` is written only between loops (`active` is zero and `generation` even), and everything else
  // that changes is atomic or guarded by `mutex`.

  /// The number of threads, the caller's included.
  let count: Int

  private struct Job {
    let body: unfold_loop_body
    let tasks: Int
    let isBackwards: Bool
  }

  private let generation = Atomic<Int>(0)
  /// One for each thread.
  private let shares: UnsafeMutablePointer<Share>
  private let active = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private nonisolated(unsafe) var job: Job?
  private nonisolated(unsafe) var threads: [pthread_t] = []

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Whether every thread can have a core of its own: only then spinning pays.
  private let hasCores: Bool
  private var spinLimit: Int { hasCores ? 4000 : 0 }
  /// The caller's core when workers were last kept off it.
  private nonisolated(unsafe) var callersCore: Int32 = -1

  init(count: Int) {
    self.count = count
    hasCores = count <= Processor.availableCores
    shares = .allocate(capacity: count)
    for index in 0..<count { (shares + index).initialize(to: Share()) }
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    for worker in 1..<max(count, 1) { start(worker) }
  }

  private final class Start {
    unowned(unsafe) let workers: Workers
    let worker: Int
    init(_ workers: Workers, _ worker: Int) {
      self.workers = workers
      self.worker = worker
    }
  }

  private func start(_ worker: Int) {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Start(self, worker)).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        start.workers.loop(start.worker)
        return nil
      }, argument)
    if status == 0 {
      threads.append(thread)
    } else {
      // The system refused another thread: those that run do the work, with the same results.
      Unmanaged<Start>.fromOpaque(argument).release()
    }
  }

  deinit {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
    for thread in threads { pthread_join(thread, nil) }
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
    shares.deinitialize(count: count)
    shares.deallocate()
  }

  /// Runs `body` for every task in `0..<tasks`. The caller must be the only one to call this at a time.
  ///
  /// - Parameter isBackwards: Whether every worker begins with the last task of its share.
  func run(_ tasks: Int, isBackwards: Bool, _ body: (_ task: Int, _ worker: Int) -> Void) {
    guard tasks > 1, !threads.isEmpty else {
      for task in 0..<max(tasks, 0) { body(isBackwards ? tasks - 1 - task : task, 0) }
      return
    }
    withUnsafePointer(to: Call(workers: self, tasks: tasks, isBackwards: isBackwards)) { call in
      withLoopBody(
        of: body,
        { body, call in
          guard let call = call?.assumingMemoryBound(to: Call.self).pointee else { return }
          call.workers.run(Job(body: body, tasks: call.tasks, isBackwards: call.isBackwards))
        }, call)
    }
  }

  /// The caller's loop, which is passed through C.
  private struct Call {
    unowned(unsafe) let workers: Workers
    let tasks: Int
    let isBackwards: Bool
  }

  private func run(_ job: Job) {
    self.job = job
    // Among those that run: the system may have started fewer threads than were requested.
    let running = threads.count + 1
    for index in 0..<running {
      let first = job.tasks * index / running
      shares[index].first = first
      shares[index].count = job.tasks * (index + 1) / running - first
      shares[index].taken.store(0, ordering: .relaxed)
    }
    generation.add(1, ordering: .sequentiallyConsistent)
    wake()
    pull(job, worker: 0)
    generation.add(1, ordering: .sequentiallyConsistent)
    var spins = 0
    while active.load(ordering: .sequentiallyConsistent) != 0 {
      spins += 1
      if spins < 1000 { unfold_spin_hint() } else { sched_yield() }
    }
  }

  private func pull(_ job: Job, worker: Int) {
    let running = threads.count + 1
    for distance in 0..<running {
      let share = worker + distance < running ? worker + distance : worker + distance - running
      while let task = shares[share].take(isBackwards: job.isBackwards) {
        unfold_run_loop_body(job.body, task, worker)
      }
    }
  }

  private func wake() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    keepOffCallersCore()
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// The system may run a woken worker on the caller's core, and the two take turns there until the scheduler balances
  /// the cores, milliseconds later. So the workers may use any core except the caller's.
  private func keepOffCallersCore() {
    guard hasCores else { return }
    let core = unfold_current_core()
    guard core != callersCore else { return }
    callersCore = core
    threads.withUnsafeBufferPointer { unfold_keep_off_core($0.baseAddress, $0.count, core) }
  }

  private func loop(_ worker: Int) {
    var seen = 0
    while !isStopping.load(ordering: .sequentiallyConsistent) {
      let current = generation.load(ordering: .sequentiallyConsistent)
      guard current != seen, current & 1 == 1 else {
        wait(while: current)
        continue
      }
      active.add(1, ordering: .sequentiallyConsistent)
      if generation.load(ordering: .sequentiallyConsistent) == current, let job {
        pull(job, worker: worker)
      }
      active.subtract(1, ordering: .sequentiallyConsistent)
      seen = current
    }
  }

  /// Returns once `generation` is no longer `current`, or the workers stop.
  private func wait(while current: Int) {
    for _ in 0..<spinLimit {
      if generation.load(ordering: .relaxed) != current { return }
      unfold_spin_hint()
    }
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == current,
      !isStopping.load(ordering: .sequentiallyConsistent)
    {
      pthread_cond_wait(condition, mutex)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }
}

/// A worker's tasks that have not been taken yet. It has a pair of cache lines of its own, because processors fetch
/// lines in pairs.
private struct Share: ~Copyable {
  let taken = Atomic<Int>(0)
  var first = 0
  var count = 0
  private let padding: InlineArray<13, Int> = .init(repeating: 0)

  /// The next task.
  func take(isBackwards: Bool) -> Int? {
    guard taken.load(ordering: .relaxed) < count else { return nil }
    let index = taken.add(1, ordering: .relaxed).oldValue
    guard index < count else { return nil }
    return isBackwards ? first + count - 1 - index : first + index
  }
}

/// Calls `body` with a closure as two words, valid during the call: see `loop.h`. To store a closure, Swift would copy
/// it to the heap in every loop.
@_silgen_name("unfold_with_loop_body")
private func withLoopBody(
  of closure: (_ task: Int, _ worker: Int) -> Void,
  _ body: @convention(c) (unfold_loop_body, UnsafeRawPointer?) -> Void, _ argument: UnsafeRawPointer?)
