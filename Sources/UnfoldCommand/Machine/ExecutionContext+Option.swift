import ArgumentParser
import Unfold

extension ConvolutionAccuracy: ExpressibleByArgument {}

extension ExecutionContext {
  /// The context that `--threads` and `--accuracy` select: the shared one, with every core, if no number is given.
  ///
  /// - Throws: `CommandError.usage(message:)` for a number that the engine does not take.
  static func chosen(threads: Int?, accuracy: ConvolutionAccuracy = .fast) throws(CommandError) -> ExecutionContext {
    let context = try CommandError.checkingUsage {
      if let threads { try ExecutionContext(threads: threads) } else { ExecutionContext.shared }
    }
    context.accuracy = accuracy
    return context
  }

  /// One thread and this context, or this context alone if it has one thread: rates on several threads are compared
  /// with those on one.
  var withOneThread: [ExecutionContext] {
    get throws(UnfoldError) { threads == 1 ? [self] : [try ExecutionContext(threads: 1), self] }
  }
}
