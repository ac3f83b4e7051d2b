import ArgumentParser
import Unfold

/// The option for the number of threads.
struct ThreadOptions: ParsableArguments {
  @Option(name: .long, help: "The number of threads, 1 to \(ExecutionContext.maximumThreads). (default: every core)")
  var threads: Int?

  /// The context that the option and an accuracy select.
  ///
  /// - Throws: ``CommandError/usage(message:)`` for a number that the engine does not take.
  func context(accuracy: ConvolutionAccuracy = .fast) throws(CommandError) -> ExecutionContext {
    try .chosen(threads: threads, accuracy: accuracy)
  }
}

/// The options for the threads and the algorithms of a network.
struct ContextOptions: ParsableArguments {
  @OptionGroup var threads: ThreadOptions

  @Option(name: .long, help: "The algorithms for convolutions: fast (all) or strict (no Winograd).")
  var accuracy = ConvolutionAccuracy.fast

  /// The context that the options select.
  ///
  /// - Throws: ``CommandError/usage(message:)`` for a number that the engine does not take.
  func context() throws(CommandError) -> ExecutionContext { try threads.context(accuracy: accuracy) }
}
