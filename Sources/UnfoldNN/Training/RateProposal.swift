import Unfold

/// A learning rate that a search proposes, and the short trainings that it was tried in.
public struct RateProposal: Hashable, Sendable {
  /// A short training from the first weights on.
  public struct Trial: Hashable, Sendable, Codable {
    /// The highest learning rate.
    public let rate: Double
    /// The mean loss of the last quarter of the steps; infinite where a loss was not finite.
    public let loss: Double
    /// The layer of which nine of ten units died, if one did.
    public let deadLayer: String?
    /// Whether the network learned.
    public let learns: Bool
  }

  /// The losses of the search.
  public let curve: RateCurve
  /// The rates that were tried, the highest first: only the last one can have learned.
  public let trials: [Trial]

  /// The rate; nil where the loss never fell, or the network learned at none of the rates that were tried.
  public var rate: Double? { trials.last.flatMap { $0.learns ? $0.rate : nil } }
}

extension Trainer {
  /// The most trials; each rate is 1/√10 of the one before.
  private static var mostTrials: Int { 6 }

  /// Searches for a learning rate, tries it in a short training, and lowers it until the network learns. Restores
  /// everything afterwards, as ``searchRate(_:on:progress:)`` does.
  ///
  /// In a search the rate rises slowly, so that the weights have adapted when it is high; a training reaches its
  /// highest rate soon. A trial therefore begins anew, with half as many steps as the search and the warm-up of
  /// ``Schedule/usualWarmUp(steps:)``. The network has learned if the mean loss of the last quarter lies below the
  /// first by at least a hundredth and a quarter of what the search gained, and no layer has lost nine of ten units.
  ///
  /// - Parameters:
  ///   - search: The rates.
  ///   - source: The batches; begun again where there are more steps.
  ///   - progress: Called after every step of the search, with its point, and of the trials, with nil; what it throws
  ///     ends the search.
  /// - Throws: As ``searchRate(_:on:progress:)``.
  /// - Complexity: At most four times the steps of the search.
  public func proposeRate(
    _ search: RateSearch, on source: some BatchSource<Scalar>, progress: (RateCurve.Point?) throws -> Void = { _ in }
  ) throws -> RateProposal {
    let curve = try searchRate(search, on: source) { try progress($0) }
    var trials: [RateProposal.Trial] = []
    var candidate = curve.proposedRate
    while let rate = candidate, trials.count < Self.mostTrials {
      let trial = try self.trial(rate, after: curve, steps: max(20, search.steps / 2), on: source) { try progress(nil) }
      trials.append(trial)
      candidate = trial.learns ? nil : rate / 10.0.squareRoot()
    }
    return RateProposal(curve: curve, trials: trials)
  }

  /// A short training at a rate, after a search.
  func trial(
    _ rate: Double, after curve: RateCurve, steps: Int, on source: some BatchSource<Scalar>,
    progress: () throws -> Void = {}
  ) throws -> RateProposal.Trial {
    let schedule = try Schedule(rate: rate, warmUp: Schedule.usualWarmUp(steps: steps))
    let watch = LearningWatch(network, smoothing: objective.smoothing)
    var losses: [Double] = []
    let isFinite = try rehearse(steps, on: source, rate: schedule.rate(at:)) { loss in
      losses.append(loss)
      try progress()
      return loss.isFinite
    } didDifferentiate: { classLoss in
      if losses.count > schedule.warmUp { watch.record(loss: classLoss, labels: labels) }
    }
    let last = losses.suffix(max(1, steps / 4))
    let loss = isFinite && losses.count == steps ? last.reduce(0, +) / Double(last.count) : .infinity
    var deadLayer: String?
    for case .deadUnits(let layer, _, _, _) in watch.findings { deadLayer = layer }
    let goal = curve.firstLoss - (curve.firstLoss - curve.lowestLoss) / 4
    return RateProposal.Trial(
      rate: rate, loss: loss.isFinite ? loss : .infinity, deadLayer: deadLayer,
      learns: loss <= min(goal, 0.99 * curve.firstLoss) && deadLayer == nil)
  }
}
