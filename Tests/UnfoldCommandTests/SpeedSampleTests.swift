import Testing

@testable import UnfoldCommand

@Suite struct SpeedSampleTests {
  private func sample(
    _ seconds: [Double], _ direction: PassDirection = .forward, occurrences: Int = 1, threads: Int = 1,
    wanted: String = "automatic",
    by algorithm: String = "im2col", operations: Double = 2e9
  ) -> SpeedSample {
    SpeedSample(
      name: "x", shape: "x", batch: 1, occurrences: occurrences, direction: direction, threads: threads,
      wantedAlgorithm: wanted, algorithm: algorithm, operations: operations, bytes: 3_000_000_000, seconds: seconds,
      memory: nil)
  }

  @Test func ratesFollowFromTheTimes() {
    let odd = sample([4, 1, 2])
    #expect(odd.minimum == 1 && odd.median == 2)
    #expect(odd.bestRate == 2 && odd.medianRate == 1)
    #expect(sample([4, 1, 2, 3]).median == 2.5)
    #expect(sample([]).median.isNaN && sample([]).percentile(10).isNaN)
    #expect([1, 10, 50, 90, 100].map(sample((1...20).map(Double.init)).percentile) == [1, 2, 10, 18, 20])
    #expect(odd.unit == "GFLOP/s")
    // Of what memory bounds, bytes count.
    let pooling = sample([4, 1, 2], operations: 0)
    #expect(pooling.bestRate == 3 && pooling.medianRate == 1.5 && pooling.unit == "GB/s")
  }

  @Test func summariesTakeOneDirection() throws {
    let samples = [sample([1], occurrences: 3), sample([0.25, 1, 1]), sample([100], .inputGradient)]
    let summaries = SpeedSummary.all(of: samples)
    #expect(summaries.map(\.direction) == [.forward, .inputGradient] && summaries.map(\.shapes) == [2, 1])
    let summary = try #require(summaries.first)
    // 2 and 8 GFLOP/s at best, 2 and 2 in the middle.
    #expect(abs(summary.bestGeometricMean - 4) < 1e-12)
    #expect(abs(summary.medianGeometricMean - 2) < 1e-12)
    #expect(abs(summary.networkMilliseconds - 4000) < 1e-9)
  }

  @Test func algorithmsAreNotAddedUp() {
    let samples = [sample([1], occurrences: 3), sample([2]), sample([4], wanted: "winograd4", by: "winograd4")]
    let summaries = SpeedSummary.all(of: samples)
    #expect(summaries.map(\.wantedAlgorithm) == ["automatic", "winograd4"])
    #expect(summaries.map(\.networkMilliseconds) == [5000, 4000] && summaries.map(\.shapes) == [2, 1])
    let lines = SpeedTable.lines(of: summaries, unit: "GFLOP/s", width: 80)
    #expect(lines.count == 4 && lines[2].contains("automatic") && lines[3].contains("winograd4"), "\(lines)")
  }

  @Test func numbersOfThreadsAreNotAddedUp() {
    let samples = [
      sample([1]), sample([0.5], threads: 2), sample([4], .inputGradient), sample([2], .inputGradient, threads: 2),
    ]
    let summaries = SpeedSummary.all(of: samples)
    #expect(
      summaries.map(\.threads) == [1, 2, 1, 2] && summaries.map(\.networkMilliseconds) == [1000, 500, 4000, 2000])
    let lines = SpeedTable.lines(of: summaries, unit: "GFLOP/s", width: 80)
    #expect(lines.count == 6 && lines[0].contains("threads"), "\(lines)")
    #expect(!SpeedTable.lines(of: Array(summaries.prefix(1)), unit: "GFLOP/s", width: 80)[0].contains("threads"))
    let measured = [sample([1], threads: 2, wanted: "im2col"), sample([2], threads: 2, wanted: "blas", by: "blas")]
    #expect(AlgorithmRegret(.forward, threads: 2, of: samples + measured)?.worst == 1)
    #expect(AlgorithmRegret(.forward, threads: 1, of: samples + measured) == nil)
  }

  @Test func regretIsTheTimeOfTheChoiceOverTheLeast() {
    let measured = [
      sample([3], wanted: "im2col"), sample([2], wanted: "winograd2", by: "winograd2"),
      sample([4], wanted: "winograd4", by: "winograd4"),
    ]
    let regret = AlgorithmRegret(.forward, threads: 1, of: [sample([3, 5])] + measured)
    #expect(regret?.worst == 1.5 && regret?.mean == 1.5 && regret?.shapes == 1)
    #expect(regret?.worstCase == "x: im2col, better winograd2")
    let best = AlgorithmRegret(.forward, threads: 1, of: [sample([2.5], by: "winograd2")] + measured)
    #expect(best?.worst == 1, "the same algorithm, measured twice")
    #expect(AlgorithmRegret(.forward, threads: 1, of: [sample([3])]) == nil)
    #expect(AlgorithmRegret(.inputGradient, threads: 1, of: measured) == nil)
  }
}
