/// A journal whose write errors do not stop the training: a reader that has gone or a full disk is no reason to lose a
/// model. The training runs to its end and saves the model, and fails only then.
final class PatientJournal: TrainingJournal {
  private let journal: any TrainingJournal
  private var failure: (any Error)?

  init(_ journal: any TrainingJournal) { self.journal = journal }

  func begin(_ start: TrainingStart) { attempt { try journal.begin(start) } }

  func record(_ epoch: TrainingEpoch) { attempt { try journal.record(epoch) } }

  func end(_ end: TrainingEnd) { attempt { try journal.end(end) } }

  /// To be called when everything is saved.
  ///
  /// - Throws: The first failure of all.
  func finish() throws { if let failure { throw failure } }

  private func attempt(_ write: () throws -> Void) {
    // After the first failure nothing more is written: the output would look as if nothing were missing.
    guard failure == nil else { return }
    do {
      try write()
    } catch {
      failure = error
      guard error as? CommandError != .outputClosed else { return }
      Terminal.error.writeLine("unfold: \(error): the training continues")
    }
  }
}
