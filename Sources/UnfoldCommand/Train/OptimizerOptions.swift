import ArgumentParser
import Unfold
import UnfoldNN

/// How gradients become changes of the weights.
struct OptimizerOptions: ParsableArguments {
  enum Method: String, CaseIterable, ExpressibleByArgument {
    case sgd, adam, adamw
  }

  enum Decay: String, CaseIterable, ExpressibleByArgument {
    case constant, step, cosine
  }

  @Option(name: [.customLong("optimiser"), .customLong("optimizer")], help: "sgd, adam or adamw.")
  var method: Method = .adam

  @Option(name: .long, help: "The highest learning rate. (default: 0.05 for sgd, 0.001 for adam and adamw)")
  var learningRate: Double?

  @Option(name: .long, help: "The momentum of sgd. (default: 0.9)")
  var momentum: Double?

  @Flag(name: .long, help: "Let sgd look ahead along its momentum.")
  var nesterov = false

  @Option(name: .long, help: "How strongly weights are pulled to zero. (default: 0, 0.01 for adamw)")
  var weightDecay: Double?

  @Option(name: .long, help: "How the learning rate falls: constant, step (a tenth after each third) or cosine.")
  var schedule: Decay = .cosine

  @Option(name: .long, help: "The number of steps during which the learning rate rises from zero.")
  var warmup = 0

  /// What was chosen, in one line.
  var summary: String {
    "\(method) rate=\(learningRate.map { "\($0)" } ?? "-") momentum=\(momentum.map { "\($0)" } ?? "-")"
      + " nesterov=\(nesterov) decay=\(weightDecay.map { "\($0)" } ?? "-") schedule=\(schedule) warmup=\(warmup)"
  }

  /// The rule.
  ///
  /// - Throws: ``CommandError/unexpected(_:expected:found:)`` for an option that the rule does not have, `UnfoldError`
  ///   for numbers that it does not take.
  func optimizer() throws -> any Optimizer<Float> {
    if method != .sgd, momentum != nil || nesterov {
      throw CommandError.unexpected(
        momentum != nil ? "--momentum" : "--nesterov", expected: "--optimiser sgd", found: method.rawValue)
    }
    switch method {
    case .sgd:
      return try GradientDescent<Float>(
        momentum: momentum ?? 0.9, isNesterov: nesterov, decay: WeightDecay(weightDecay ?? 0))
    case .adam: return try Adam<Float>(decay: WeightDecay(weightDecay ?? 0))
    case .adamw: return try Adam<Float>(decay: WeightDecay(weightDecay ?? 0.01), coupling: .decoupled)
    }
  }

  /// The learning rate of each of `steps` steps.
  ///
  /// - Throws: `UnfoldError` for numbers that are no learning rate, and a warm-up beyond the training.
  func schedule(steps: Int) throws(UnfoldError) -> Schedule {
    let rate = learningRate ?? (method == .sgd ? 0.05 : 0.001)
    guard warmup < steps else {
      throw .invalidArgument(
        "warm-up steps", expected: "fewer than the \(steps) steps of the training", found: "\(warmup)")
    }
    let decay: Schedule.Decay =
      switch schedule {
      case .constant: .constant
      case .step: .step(every: (steps - warmup + 2) / 3, factor: 0.1)
      case .cosine: .cosine(total: steps)
      }
    return try Schedule(rate: rate, warmUp: warmup, decay: decay)
  }
}
