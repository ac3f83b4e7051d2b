/// Where a training stands: with the parameters and the optimiser's memory all that is needed to go on.
public struct TrainerState: Hashable, Sendable, Codable {
  /// The steps done, in all epochs.
  public var steps = 0
  /// The epoch that was begun last, counted from 1; 0 before the first.
  public var epoch = 0
  /// The steps done of it.
  public var epochSteps = 0
  /// Its samples so far, and of these the sum of losses, and the labels and those that were recognised.
  public var samples = 0
  public var lossSum = 0.0
  public var labels = 0
  public var correct = 0
  /// The seconds that it has taken.
  public var seconds = 0.0

  /// The beginning.
  public init() {}

  /// The beginning of an epoch.
  mutating func begin(epoch: Int) {
    self = TrainerState(steps: steps, epoch: epoch)
  }

  private init(steps: Int, epoch: Int) {
    self.steps = steps
    self.epoch = epoch
  }
}
