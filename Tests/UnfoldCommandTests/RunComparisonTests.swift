import Foundation
import Testing

@testable import UnfoldCommand

@Suite struct RunComparisonTests {
  private func report(_ samples: [SpeedSample], threads: Int = 1) -> SpeedReport {
    SpeedReport(machine: .current, threads: [threads], shapes: "s.txt", samples: samples, summaries: [])
  }

  private func sample(_ name: String, _ seconds: [Double], by algorithm: String = "im2col") -> SpeedSample {
    SpeedSample(
      name: name, shape: "mb1 \(name)", batch: 1, occurrences: 1, direction: .forward, wantedAlgorithm: "automatic",
      algorithm: algorithm, operations: 1, bytes: 1, seconds: seconds)
  }

  @Test func theIntervalOfAMedianIsThatOfItsRanks() throws {
    // Of 100 numbers the ranks 40 and 61, of 25 the ranks 7 and 19 with room for a rank more (7.6 and 17.4).
    let hundred = try #require(MedianInterval((1...100).map(Double.init).shuffled()))
    #expect(hundred == MedianInterval(median: 50.5, low: 40, high: 61))
    let few = try #require(MedianInterval((1...25).map(Double.init)))
    #expect(few == MedianInterval(median: 13, low: 7, high: 19))
    #expect(MedianInterval([3, 1, 2]) == MedianInterval(median: 2, low: 1, high: 3))
    #expect(MedianInterval([]) == nil)
  }

  @Test func passesAreFoundByShapeAndComparedByMedians() throws {
    let slow = (0..<100).map { 2 + Double($0) / 1000 }
    let fast = (0..<100).map { 1 + Double($0) / 1000 }
    let comparison = RunComparison(
      report([sample("a", slow), sample("b", fast), sample("same", slow), sample("gone", slow)]),
      report(
        [sample("new", slow), sample("b", slow), sample("a", fast, by: "winograd4"), sample("same", slow)], threads: 2))
    #expect(comparison.rows.map(\.name) == ["a", "b", "same"])
    #expect(comparison.rows.map(\.verdict) == [.faster, .slower, .same])
    let ratio = try #require(comparison.rows.first?.ratio)
    #expect(abs(ratio - 2.0495 / 1.0495) < 1e-12)
    #expect(comparison.rows.allSatisfy { $0.low <= $0.ratio && $0.ratio <= $0.high })
    #expect(comparison.missing == [["gone FWD_D"], ["new FWD_D"]])
    #expect(comparison.differences == ["threads: 1, then 2"])
    #expect(abs(comparison.geometricMean(.forward) - 1) < 1e-12)
    let text = RunTable(comparison, width: 80).lines.joined(separator: "\n")
    for part in ["faster", "slower", "a FWD_D: im2col, then winograd4", "only the first run has gone", "1.953"] {
      #expect(text.contains(part), "\(part) in\n\(text)")
    }
  }

  @Test func onSeveralNumbersOfThreadsEachIsComparedWithItsOwn() throws {
    func samples(_ factor: Double) -> [SpeedSample] {
      [1, 2].map { threads in
        var sample = sample("a", (0..<50).map { factor * (2 + Double($0) / 1000) / Double(threads) })
        sample.threads = threads
        return sample
      }
    }
    func report(_ samples: [SpeedSample]) -> SpeedReport {
      SpeedReport(machine: .current, threads: samples.map(\.threads), shapes: "s.txt", samples: samples, summaries: [])
    }
    let comparison = RunComparison(report(samples(2)), report(samples(1).reversed()))
    #expect(comparison.rows.map(\.threads) == [1, 2])
    #expect(comparison.rows.allSatisfy { abs($0.ratio - 2) < 1e-12 }, "\(comparison.rows)")
    let lines = RunTable(comparison, width: 80).lines
    #expect(lines[0].contains("threads") && lines.allSatisfy { $0.columns <= 80 }, "\(lines)")
    let less = RunComparison(report(samples(2)), report([samples(1)[0]]))
    #expect(less.rows.map(\.threads) == [1] && less.missing == [["a FWD_D on 2 threads"], []])
  }

  @Test func theCommandFailsBeyondItsLimit() throws {
    let executable = try Executable()
    try withFolder { folder in
      let slow = (0..<50).map { 2 + Double($0) / 1000 }
      let reports = [
        ("one.json", report([sample("a", slow)])), ("two.json", report([sample("a", slow.map { 1.5 * $0 })])),
        ("other.json", report([sample("b", slow)])),
      ]
      for (name, report) in reports {
        try Data(jsonText(report).utf8).write(to: folder.appendingPathComponent(name))
      }
      let equal = try executable.run(["compare-runs", "one.json", "one.json", "--limit", "0"], in: folder)
      #expect(equal.status == 0, "\(equal)")
      let slower = try executable.run(["compare-runs", "one.json", "two.json", "--output", "out.json"], in: folder)
      #expect(slower.status == 0 && slower.output.contains("slower"), "\(slower)")
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("out.json").path))
      let failed = try executable.run(["compare-runs", "one.json", "two.json", "--limit", "40"], in: folder)
      #expect(failed.status == 1 && failed.errors.contains("1 of 1 passes are slower by more than 40.0 %"), "\(failed)")
      let tolerated = try executable.run(["compare-runs", "one.json", "two.json", "--limit", "60"], in: folder)
      #expect(tolerated.status == 0, "\(tolerated)")
      for arguments in [
        ["one.json", "other.json"], ["one.json", "two.json", "--limit", "-1"],
        ["one.json", "two.json", "--output", "one.json"],
      ] {
        let refused = try executable.run(["compare-runs"] + arguments, in: folder)
        #expect(refused.status == 64 && refused.output.isEmpty, "\(arguments): \(refused)")
      }
    }
  }
}
