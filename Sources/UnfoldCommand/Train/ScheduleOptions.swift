import ArgumentParser
import Unfold
import UnfoldNN

/// The options for the learning rate.
struct ScheduleOptions: ParsableArguments {
  enum Decay: String, CaseIterable, ExpressibleByArgument {
    case constant, step, cosine
  }

  @Option(
    name: .long,
    help: """
      The highest learning rate; see `unfold find-rate`. (default: 0.05 for sgd; for adam and adamw 0.001, less for \
      networks of large layers without normalisation)
      """)
  var learningRate: Double?

  @Option(name: .long, help: "How the learning rate falls: constant, step (a tenth after each third) or cosine.")
  var schedule: Decay = .cosine

  @Option(
    name: .long,
    help: "The number of steps during which the learning rate rises from zero. (default: a tenth of all, 100 at most)")
  var warmup: Int?

  /// The learning rate of each of `steps` steps of a network.
  ///
  /// - Throws: ``CommandError/usage(message:)`` for invalid learning rates, and a warm-up beyond the training.
  func schedule(
    steps: Int, for method: OptimizerOptions.Method, of graph: Graph
  ) throws(CommandError) -> Schedule {
    let rate = learningRate ?? (method == .sgd ? 0.05 : graph.usualAdamRate)
    let warmup = warmup ?? Schedule.usualWarmUp(steps: steps)
    guard warmup < steps else {
      throw .usage(
        "warm-up steps", expected: "fewer than the \(steps) steps of the training", found: "\(warmup)")
    }
    let decay: Schedule.Decay =
      switch schedule {
      case .constant: .constant
      case .step: .step(every: (steps - warmup + 2) / 3, factor: 0.1)
      case .cosine: .cosine(total: steps)
      }
    return try CommandError.checkingUsage { try Schedule(rate: rate, warmUp: warmup, decay: decay) }
  }
}
