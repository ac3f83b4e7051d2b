import ArgumentParser
import Unfold
import UnfoldNN

/// How large the steps are.
struct ScheduleOptions: ParsableArguments {
  enum Decay: String, CaseIterable, ExpressibleByArgument {
    case constant, step, cosine
  }

  @Option(
    name: .long,
    help: "The highest learning rate; see `unfold find-rate`. (default: 0.05 for sgd, 0.001 for adam and adamw)")
  var learningRate: Double?

  @Option(name: .long, help: "How the learning rate falls: constant, step (a tenth after each third) or cosine.")
  var schedule: Decay = .cosine

  @Option(name: .long, help: "The number of steps during which the learning rate rises from zero.")
  var warmup = 0

  /// The learning rate of each of `steps` steps.
  ///
  /// - Throws: ``CommandError/usage(message:)`` for numbers that are no learning rate, and a warm-up beyond the training.
  func schedule(steps: Int, for method: OptimizerOptions.Method) throws(CommandError) -> Schedule {
    let rate = learningRate ?? (method == .sgd ? 0.05 : 0.001)
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
