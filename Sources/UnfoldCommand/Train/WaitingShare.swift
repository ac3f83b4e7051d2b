/// The share of an epoch's time in which the training waits for images.
struct WaitingShare {
  private let data: any TrainingData
  private let waitedBefore: Double
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  /// Begins to measure.
  init(_ data: any TrainingData) {
    self.data = data
    waitedBefore = data.secondsWaited ?? 0
    start = clock.now
  }

  /// The field of a progress line; none for data that lie in memory.
  var fields: [String] {
    guard let waited = data.secondsWaited else { return [] }
    let elapsed = (clock.now - start) / .seconds(1)
    return elapsed > 0 ? ["loading \(((waited - waitedBefore) / elapsed).percentText(places: 0))"] : []
  }
}
