import Testing

@testable import UnfoldCommand

@Suite struct SpeedSampleTests {
  private func sample(
    _ seconds: [Double], _ direction: PassDirection = .forward, occurrences: Int = 1, wanted: String = "automatic",
    by algorithm: String = "im2col"
  ) -> SpeedSample {
    SpeedSample(
      name: "x", shape: "x", batch: 1, occurrences: occurrences, direction: direction, wantedAlgorithm: wanted,
      algorithm: algorithm, operations: 2e9, seconds: seconds, memory: nil)
  }

  @Test func ratesFollowFromTheTimes() {
    let odd = sample([4, 1, 2])
    #expect(odd.minimum == 1 && odd.median == 2)
    #expect(odd.bestRate == 2 && odd.medianRate == 1)
    #expect(sample([4, 1, 2, 3]).median == 2.5)
    #expect(sample([]).median.isNaN)
  }

  @Test func summariesTakeOneDirection() {
    let samples = [sample([1], occurrences: 3), sample([0.25, 1, 1]), sample([100], .inputGradient)]
    let summary = SpeedSummary(.forward, of: samples)
    // 2 and 8 GFLOP/s at best, 2 and 2 in the middle.
    #expect(abs(summary.bestGeometricMean - 4) < 1e-12)
    #expect(abs(summary.medianGeometricMean - 2) < 1e-12)
    #expect(abs(summary.networkMilliseconds - 4000) < 1e-9)
  }

  @Test func regretIsTheTimeOfTheChoiceOverTheLeast() {
    let measured = [
      sample([3], wanted: "im2col"), sample([2], wanted: "winograd2", by: "winograd2"),
      sample([4], wanted: "winograd4", by: "winograd4"),
    ]
    let regret = AlgorithmRegret(.forward, of: [sample([3, 5])] + measured)
    #expect(regret?.worst == 1.5 && regret?.mean == 1.5 && regret?.shapes == 1)
    #expect(regret?.worstCase == "x: im2col, better winograd2")
    let best = AlgorithmRegret(.forward, of: [sample([2.5], by: "winograd2")] + measured)
    #expect(best?.worst == 1, "the same algorithm, measured twice")
    #expect(AlgorithmRegret(.forward, of: [sample([3])]) == nil)
    #expect(AlgorithmRegret(.inputGradient, of: measured) == nil)
  }
}
