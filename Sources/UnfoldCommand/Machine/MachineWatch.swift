import Glibc

/// A monitor that tells whether other programs used the machine during a measurement, and repeats the measurement if
/// they did: their processor time is missing in a rate.
final class MachineWatch {
  /// The cores that others may keep busy without being noticed: about what a system does for itself, and what ticks of
  /// a hundredth of a second tell apart.
  static let tolerance = 0.15
  /// The shortest time for which ticks tell anything.
  static let shortest = 0.2
  /// The attempts at a measurement that is disturbed.
  static let attempts = 3
  /// The message for a measurement that was disturbed.
  static let note = "measured while other programs were running"

  private let now: () -> ProcessorTime?
  private let begin: ProcessorTime?
  /// The seconds that may still be spent on measuring again.
  private var patience: Double
  private(set) var measured = 0
  private(set) var disturbed = 0

  /// - Parameter now: A clock of the processors.
  init(patience: Double = 60, now: @escaping () -> ProcessorTime? = { .now }) {
    self.now = now
    self.patience = patience
    begin = now()
  }

  /// The result of `body`, and whether other programs disturbed it; of several attempts the least disturbed.
  ///
  /// - Parameter attempts: The most attempts.
  func measure<Result>(
    attempts: Int = MachineWatch.attempts, _ body: () throws -> Result
  ) rethrows -> (result: Result, isDisturbed: Bool) {
    func attempt() throws -> (result: Result, others: Double, seconds: Double) {
      let start = now()
      let result = try body()
      guard let start, let end = now(), end.moment - start.moment >= Self.shortest else { return (result, 0, 0) }
      return (result, end.others(since: start), end.moment - start.moment)
    }
    measured += 1
    var best = try attempt()
    for _ in 1..<max(1, attempts) where best.others > Self.tolerance && patience > 0 {
      let next = try attempt()
      patience -= next.seconds
      if next.others < best.others { best = next }
    }
    let isDisturbed = best.others > Self.tolerance
    if isDisturbed { disturbed += 1 }
    return (best.result, isDisturbed)
  }

  /// A sentence if other programs used the machine.
  var complaint: String? {
    var average = 0.0
    if let begin, let end = now(), end.moment - begin.moment >= Self.shortest { average = end.others(since: begin) }
    guard disturbed > 0 || average > Self.tolerance else { return nil }
    let cores = "other programs kept \(average.text(places: 1)) cores busy on average"
    let cases = disturbed > 0 ? " and disturbed \(disturbed) of \(measured) measurements" : ""
    return "\(cores)\(cases): rates are lower than this machine's"
  }
}
