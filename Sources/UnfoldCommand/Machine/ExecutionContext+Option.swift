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

  /// The contexts of a list of numbers of threads such as `1,2`, each once, in the order of the list; the shared one
  /// for nil.
  ///
  /// - Throws: `CommandError.usage(message:)` for what is no number that the engine takes.
  static func list(_ threads: String?, accuracy: ConvolutionAccuracy) throws(CommandError) -> [ExecutionContext] {
    guard let threads else { return [try chosen(threads: nil, accuracy: accuracy)] }
    var contexts: [ExecutionContext] = []
    for word in threads.split(separator: ",", omittingEmptySubsequences: false) {
      guard let count = Int(word) else {
        throw .usage("--threads", expected: "a number, or a list such as 1,2", found: "\"\(threads)\"")
      }
      if contexts.contains(where: { $0.threads == count }) { continue }
      contexts.append(try chosen(threads: count, accuracy: accuracy))
    }
    return contexts
  }

  /// One thread and this context, or this context alone if it has one thread: rates on several threads are compared
  /// with those on one.
  var withOneThread: [ExecutionContext] {
    get throws(UnfoldError) { threads == 1 ? [self] : [try ExecutionContext(threads: 1), self] }
  }
}
