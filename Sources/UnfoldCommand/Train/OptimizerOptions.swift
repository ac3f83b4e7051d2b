import ArgumentParser
import Unfold
import UnfoldNN

/// The options for the optimiser.
struct OptimizerOptions: ParsableArguments {
  enum Method: String, CaseIterable, ExpressibleByArgument {
    case sgd, adam, adamw
  }

  @Option(name: [.customLong("optimiser"), .customLong("optimizer")], help: "sgd, adam or adamw.")
  var method: Method = .adam

  @Option(name: .long, help: "The momentum of sgd. (default: 0.9)")
  var momentum: Double?

  @Flag(name: .long, help: "Use Nesterov's momentum in sgd.")
  var nesterov = false

  @Option(name: .long, help: "The weight decay. (default: 0, 0.01 for adamw)")
  var weightDecay: Double?

  /// A description of the choice in one line, with that of the learning rate in it.
  func summary(_ schedule: ScheduleOptions) -> String {
    "\(method) rate=\(schedule.learningRate.map { "\($0)" } ?? "-") momentum=\(momentum.map { "\($0)" } ?? "-")"
      + " nesterov=\(nesterov) decay=\(weightDecay.map { "\($0)" } ?? "-") schedule=\(schedule.schedule)"
      + " warmup=\(schedule.warmup.map { "\($0)" } ?? "-")"
  }

  /// The optimiser.
  ///
  /// - Throws: ``CommandError/usage(message:)`` for an option that the rule does not have and numbers that it does not
  ///   take.
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

  /// The most numbers that the optimiser keeps for each weight.
  var memoryPerWeight: Int { method == .sgd ? 1 : 2 }
}
