/// The progress of a training: with the parameters and the optimiser's state all that is needed to continue.
public struct TrainerState: Hashable, Sendable, Codable {
  /// The steps done, in all epochs.
  public var steps = 0
  /// The epoch that was begun last, counted from 1; 0 before the first.
  public var epoch = 0
  /// The steps done of it.
  public var epochSteps = 0
  /// Whether that was all of it.
  public var isFinished = false
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

extension TrainerState {
  private enum CodingKeys: String, CodingKey {
    case steps, epoch, epochSteps, isFinished, samples, lossSum, labels, correct, seconds
  }

  /// Decodes a state. One without `isFinished` is of an earlier version.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    steps = try values.decode(Int.self, forKey: .steps)
    epoch = try values.decode(Int.self, forKey: .epoch)
    epochSteps = try values.decode(Int.self, forKey: .epochSteps)
    isFinished = try values.decodeIfPresent(Bool.self, forKey: .isFinished) ?? false
    samples = try values.decode(Int.self, forKey: .samples)
    lossSum = try values.decode(Double.self, forKey: .lossSum)
    labels = try values.decode(Int.self, forKey: .labels)
    correct = try values.decode(Int.self, forKey: .correct)
    seconds = try values.decode(Double.self, forKey: .seconds)
  }

  /// Whether a training can have this state: the numbers are finite, and no sum of the counts overflows an `Int`.
  var isPossible: Bool {
    [steps, epoch, epochSteps, samples, labels].allSatisfy { 0...Self.largestCount ~= $0 } && 0...labels ~= correct
      && epochSteps <= steps && lossSum.isFinite && seconds.isFinite
  }

  /// More than any training counts, and exact in every number of JSON.
  static let largestCount = 1 << 53
}
