/// The regret of choosing an algorithm by the shapes, in one direction: the time of the chosen algorithm divided by the
/// least time of all, each by its fastest run.
struct AlgorithmRegret: Codable, Equatable {
  var direction: PassDirection
  var threads: Int
  var shapes: Int
  /// The geometric mean, and the largest.
  var mean, worst: Double
  /// Shape, choice and the better one.
  var worstCase: String

  /// Nil unless shapes were measured as chosen and by two algorithms at least.
  init?(_ direction: PassDirection, threads: Int, of samples: [SpeedSample]) {
    var losses: [(loss: Double, text: String)] = []
    let samples = samples.filter { $0.direction == direction && $0.threads == threads }
    for chosen in samples where chosen.wantedAlgorithm == "automatic" {
      let others = samples.filter {
        $0.shape == chosen.shape && $0.operation == chosen.operation && $0.wantedAlgorithm != "automatic"
      }
      guard others.count > 1, let best = others.min(by: { $0.minimum < $1.minimum }) else { continue }
      // The same algorithm was measured twice: the difference is noise.
      let same = others.first { $0.algorithm == chosen.algorithm }?.minimum ?? chosen.minimum
      let loss = min(same, chosen.minimum) / min(best.minimum, chosen.minimum)
      losses.append((loss, "\(chosen.name): \(chosen.algorithm), better \(best.algorithm)"))
    }
    guard let worst = losses.max(by: { $0.loss < $1.loss }) else { return nil }
    (self.direction, self.threads) = (direction, threads)
    shapes = losses.count
    mean = SpeedSummary.geometricMean(losses.map(\.loss))
    self.worst = worst.loss
    worstCase = worst.loss > 1 ? worst.text : ""
  }
}
