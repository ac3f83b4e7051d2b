import ArgumentParser
import Unfold
import UnfoldNN

/// How gradients become changes of the weights.
struct OptimizerOptions: ParsableArguments {
  enum Method: String, CaseIterable, ExpressibleByArgument {
    case sgd, adam, adamw
  }

  @Option(name: [.customLong("optimiser"), .customLong("optimizer")], help: "sgd, adam or adamw.")
  var method: Method = .adam

  @Option(name: .long, help: "The momentum of sgd. (default: 0.9)")
  var momentum: Double?

  @Flag(name: .long, help: "Let sgd look ahead along its momentum.")
  var nesterov = false

  @Option(name: .long, help: "How strongly weights are pulled to zero. (default: 0, 0.01 for adamw)")
  var weightDecay: Double?

  /// What was chosen, in one line, around what was chosen of the learning rate.
  func summary(_ schedule: ScheduleOptions) -> String {
    "\(method) rate=\(schedule.learningRate.map { "\($0)" } ?? "-") momentum=\(momentum.map { "\($0)" } ?? "-")"
      + " nesterov=\(nesterov) decay=\(weightDecay.map { "\($0)" } ?? "-") schedule=\(schedule.schedule)"
      + " warmup=\(schedule.warmup.map { "\($0)" } ?? "-")"
  }

  /// The rule.
  ///
  /// - Throws: ``CommandError/usage(message:)`` for an option that the rule does not have and numbers that it does not take.
  func optimizer() throws(CommandError) -> any Optimizer<Float> {
    if method != .sgd, momentum != nil || nesterov {
      throw .usage(momentum != nil ? "--momentum" : "--nesterov", expected: "--optimiser sgd", found: method.rawValue)
    }
    return try CommandError.checkingUsage { () throws -> any Optimizer<Float> in
      switch method {
      case .sgd:
        return try GradientDescent<Float>(
          momentum: momentum ?? 0.9, isNesterov: nesterov, decay: WeightDecay(weightDecay ?? 0))
      case .adam: return try Adam<Float>(decay: WeightDecay(weightDecay ?? 0))
      case .adamw: return try Adam<Float>(decay: WeightDecay(weightDecay ?? 0.01), coupling: .decoupled)
      }
    }
  }

  /// How many numbers the rule remembers of each weight, at most.
  var memoryPerWeight: Int { method == .sgd ? 1 : 2 }
}
