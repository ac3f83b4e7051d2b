import Unfold

extension ExecutionContext {
  /// The context that `--threads` asks for: the shared one, with every core, where it is not given.
  ///
  /// - Throws: `UnfoldError` for a number that the engine does not take.
  static func chosen(threads: Int?) throws(UnfoldError) -> ExecutionContext {
    if let threads { try ExecutionContext(threads: threads) } else { .shared }
  }
}
