import Glibc
import Synchronization

/// Writes an event file, which TensorBoard reads.
///
/// It holds scalars, histograms, images, texts, a graph and hyperparameters of a run. A folder is a run. Its files
/// are named `events.out.tfevents.<seconds>.<host>.<process>.<number>`, and no file is ever written to twice. Events are
/// collected in memory; a reader sees them, whole, after `flush()`. The file may be used from any thread.
///
/// ```swift
/// let events = try EventFile(folder: "runs/lenet")
/// try events.scalar("loss/train", 0.25, step: 100)
/// try events.flush()
/// ```
///
/// The format: Abadi et al., TensorFlow, `event.proto`, `summary.proto` and "TFRecord". Values have the form of
/// TensorFlow 1, which every version of TensorBoard reads. Wall times are seconds since 1970; the present is meant
/// where none is given.
public final class EventFile: Sendable {
  /// The path of the file.
  public let path: String

  private struct State: ~Copyable {
    /// Nil after `close()`.
    var file: AppendedFile?
    /// Whole records that are not in the file yet.
    var pending: [UInt8] = []
  }

  private let state: Mutex<State>

  /// More bytes of events than these are not kept in memory, unless a single event is longer.
  private static let capacity = 1 << 16

  /// The number that the next file of this process gets.
  private static let number = Atomic<Int>(0)

  /// Makes a file in a folder, and the folder.
  public convenience init(folder: String, wallTime: Double? = nil) throws(EventFileError) {
    try makeFolder(folder)
    let time = try Self.checked(wallTime)
    let host = Self.host()
    let digits = String(Int(min(max(time, 0), 9_999_999_999)))
    let seconds = String(repeating: "0", count: 10 - digits.count) + digits
    while true {
      let number = Self.number.wrappingAdd(1, ordering: .relaxed).oldValue
      let name = "events.out.tfevents.\(seconds).\(host).\(getpid()).\(number)"
      guard let file = try AppendedFile(creating: folder.isEmpty ? name : "\(folder)/\(name)") else { continue }
      try self.init(file, wallTime: time)
      return
    }
  }

  /// Writes the first event, so that a disk that cannot be written is known at once.
  init(_ file: consuming AppendedFile, wallTime: Double) throws(EventFileError) {
    path = file.path
    state = Mutex(State(file: file))
    try append(wallTime: wallTime) { $0.string(3, "brain.Event:2") }
    try flush()
  }

  deinit {
    try? close()
  }

  /// Writes the events that are still in memory.
  ///
  /// If that fails, the file ends with the last whole event as before, and the next call tries it again.
  public func flush() throws(EventFileError) {
    try state.withLock { state throws(EventFileError) in try Self.write(&state, path) }
  }

  /// Writes the events that are still in memory, and closes the file. A second call does nothing.
  public func close() throws(EventFileError) {
    try state.withLock { state throws(EventFileError) in
      guard state.file != nil else { return }
      defer { state.file = nil }
      try Self.write(&state, path)
    }
  }

  /// Appends an event whose content `body` writes. An event that finds no room in memory or on the disk is not kept.
  func append(step: Int = 0, wallTime: Double?, _ body: (inout ProtobufMessage) -> Void) throws(EventFileError) {
    let time = try Self.checked(wallTime)
    let event = ProtobufMessage { event in
      event.double(1, time)
      if step != 0 { event.integer(2, step) }
      body(&event)
    }
    try state.withLock { state throws(EventFileError) in
      guard state.file != nil else { throw .closed(path: path) }
      let size = event.bytes.count + RecordFraming.overhead
      if !state.pending.isEmpty, state.pending.count + size > Self.capacity { try Self.write(&state, path) }
      RecordFraming.append(event.bytes, to: &state.pending)
    }
  }

  private static func write(_ state: inout State, _ path: String) throws(EventFileError) {
    guard !state.pending.isEmpty else { return }
    guard state.file != nil else { throw .closed(path: path) }
    try state.file?.append(state.pending)
    state.pending.removeAll(keepingCapacity: true)
  }

  /// A wall time that was given, or the present.
  private static func checked(_ wallTime: Double?) throws(EventFileError) -> Double {
    if let wallTime {
      guard wallTime.isFinite else {
        throw .invalidArgument(name: "wall time", expected: "seconds since 1970", found: "\(wallTime)")
      }
      return wallTime
    }
    return now()
  }

  /// The seconds since 1970.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func host() -> String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
    let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return name.isEmpty ? "unknown" : name.split(separator: "/").joined(separator: "-")
  }
}
