import Testing

@testable import UnfoldCommand

@Suite struct ReportStatisticsTests {
  private func cell(
    _ seconds: [String: [Double]], _ name: String = "a:x", direction: String = "FWD_B", batch: Int = 8,
    threads: Int = 1, groups: Int = 1, operations: Double = 1e9
  ) -> Comparison.Cell {
    Comparison.Cell(
      suite: "a", name: name, direction: direction, batch: batch, threads: threads, groups: groups,
      operations: operations, seconds: seconds)
  }

  @Test func aRatioIsTheMedianOfTheRounds() {
    // The better layout of each round: 2, 3, 4 by 1, 2, 1.
    let cell = cell(["unfold": [1, 2, 1], "pytorch": [2, 9, 5], "pytorch-channels-last": [7, 3, 4]])
    #expect(cell.ratio(to: .pytorch) == 2)
    // 1 GFLOP in 3 s and in 1 s, the medians of (2, 3, 4) and (1, 2, 1).
    #expect(cell.rate(.pytorch) == 1.0 / 3)
    #expect(cell.rate(.unfold) == 1)
    #expect(cell.ratio(to: .onnxRuntime) == nil && cell.rate(.onnxRuntime) == nil)
  }

  @Test func whoIsNoLayoutOfPyTorchIsNotCountedAsOne() {
    let cell = cell(["unfold": [1], "pytorch": [3], "pytorch-compile": [0.5], "onnxruntime": [0.25]])
    #expect(cell.ratio(to: .pytorch) == 3)
    #expect(cell.ratio(to: .pytorchCompiled) == 0.5 && cell.ratio(to: .onnxRuntime) == 0.25)
    #expect(Comparison(cells: [cell]).peer == .pytorch)
  }

  @Test func theFastestRivalIsWhoHasTheSmallestRatio() {
    let cell = cell(["unfold": [1, 1], "pytorch": [3, 3], "ncnn": [2, 9], "openvino": [4, 4], "naive": [0.1]])
    #expect(cell.fastestRival?.contender == .pytorch && cell.fastestRival?.ratio == 3)
    #expect(cell.ratio(to: .ncnn) == 5.5 && cell.ratio(to: .openVINO) == 4 && cell.ratio(to: .mlx) == nil)
    #expect(self.cell(["unfold": [1], "naive": [2]]).fastestRival == nil)
  }

  @Test func networksAreToldInImagesASecond() {
    var cell = cell(["unfold": [0.5], "pytorch": [1]], batch: 8)
    #expect(cell.imageRate(.unfold) == nil && cell.speedText(.unfold) == "2.00 GFLOP/s")
    for operation in ["training", "inference"] {
      cell.operation = operation
      #expect(cell.imageRate(.unfold) == 16 && cell.imageRate(.onnxRuntime) == nil)
      #expect(cell.speedText(.pytorch) == "8.00 images/s")
    }
  }

  @Test func roundsThatFailedDoNotCount() {
    let cell = cell(["unfold": [1, .nan, 2, 1], "pytorch": [3, 4, .infinity, 0], "pytorch-channels-last": []])
    #expect(cell.ratio(to: .pytorch) == 3)
    #expect(self.cell(["unfold": [], "pytorch": [1]]).ratio(to: .pytorch) == nil)
    #expect(self.cell(["unfold": [.nan]]).rate(.unfold) == nil)
    #expect(self.cell(["unfold": [1]], operations: 0).rate(.unfold) == nil)
  }

  @Test func fewerImagesAreComparedByTheirRate() {
    var cell = cell(["unfold": [0.5], "naive": [10]], operations: 8e9)
    cell.operationsOf = ["naive": 1e9]
    #expect(cell.rate(.naive) == 0.1)
    #expect(cell.rate(.unfold) == 16)
    #expect(cell.ratio(to: .naive) == 160)
  }

  @Test func summariesAreGeometricAndNameTheWorst() throws {
    // Ratios 4, 1, 0.5, 2: their product is 4, the fourth root of it 1.414...
    let cells = [4, 1, 0.5, 2].enumerated().map { index, ratio in
      cell(["unfold": [1], "pytorch": [ratio]], "a:\(index)")
    }
    let summary = try #require(
      RatioSummary(cells, against: .pytorch, family: .convolution, pass: "forward", threads: 1))
    #expect(abs(summary.geometricMean - 2.0.squareRoot()) < 1e-12)
    #expect(summary.minimum == 0.5 && summary.losses == 1)
    #expect(summary.worstThree.map(\.cell.name) == ["a:2", "a:1", "a:3"])
    #expect(RatioSummary(cells, against: .naive, family: .convolution, pass: "forward", threads: 1) == nil)
  }

  @Test func groupsPassesAndThreadsAreApart() {
    let both: [String: [Double]] = ["unfold": [1], "pytorch": [2]]
    let comparison = Comparison(cells: [
      cell(both, "a:1", threads: 1), cell(both, "a:1", threads: 2), cell(both, "a:2", threads: 1, groups: 4),
      cell(both, "a:2", threads: 2, groups: 4), cell(both, "a:1", direction: "BWD_D", threads: 1),
      // A number of threads that hardly anything was measured with.
      cell(both, "a:1", threads: 3),
    ])
    #expect(comparison.threadCounts == [1, 2])
    let titles = comparison.summaries(against: .pytorch).map { "\($0.family.title) \($0.pass) \($0.threads)" }
    #expect(
      titles == [
        "convolution forward 1", "convolution forward 2", "convolution input gradient 1",
        "grouped and depthwise forward 1", "grouped and depthwise forward 2",
      ])
  }

  @Test func eachLayerCountsOnceWhateverItsBatches() throws {
    let comparison = Comparison(
      cells: [1, 8, 32].map { batch in
        cell(["unfold": [1], "pytorch": [Double(batch)]], "a:1", batch: batch)
      } + [cell(["unfold": [1], "pytorch": [2]], "a:2", batch: 8)])
    let summary = try #require(comparison.summaries(against: .pytorch).first)
    #expect(summary.entries.map(\.ratio) == [2, 8])
    #expect(comparison.batchPlots(limit: 4).map { $0.lines.map(\.points.count) } == [[3, 3]])
  }

  @Test(arguments: [(258.0, 50.0, ["0", "100", "200"]), (0.9, 0.2, ["0.0", "0.2"]), (0, 0.2, ["0.0", "0.2"])])
  func axesHaveRoundSteps(_ largest: Double, _ step: Double, _ some: [String]) {
    let axis = Axis(upTo: largest, steps: 5)
    #expect(axis.step == (largest > 100 ? 100 : step))
    #expect(axis.end >= largest)
    #expect(Array(axis.ticks.map(axis.text).prefix(some.count)) == some)
  }

  @Test func threadsAreDrawnFromThreeNumbersOn() {
    func plots(_ threads: [Int]) -> [LinePlot] {
      Comparison(cells: threads.map { cell(["unfold": [1], "pytorch": [2]], "a:1", threads: $0) }).threadPlots(limit: 4)
    }
    #expect(plots([1, 2]).isEmpty)
    #expect(plots([1, 2, 4]).map { $0.lines.map(\.points.count) } == [[3, 3]])
  }

  @Test func whatWouldVanishIsDrawnOnALogarithmicScale() {
    func chart(_ values: [Double]) -> BarChart {
      let bars = values.map { BarChart.Bar(contender: .unfold, value: $0) }
      return BarChart(titles: ["forward"], rows: [.init(name: "a", detail: "", panels: [bars])], unit: "GFLOP/s")
    }
    guard case .linear = BarScale(chart([10, 100])), case .linear = BarScale(chart([])) else {
      Issue.record("logarithmic")
      return
    }
    let scale = BarScale(chart([0.5, 500]))
    guard case .logarithmic(let axis) = scale else {
      Issue.record("linear")
      return
    }
    #expect(axis == LogAxis(from: 0.2, to: 500) && scale.note != nil && BarScale(chart([1])).note == nil)
    #expect(axis.ticks.map(axis.text) == ["1", "10", "100"])
    #expect(axis.share(0.2) == 0 && axis.share(500) == 1 && axis.share(10) > 0.45 && axis.share(10) < 0.55)
    #expect(axis.share(0) == 0 && axis.share(.infinity) == 1)
    #expect(LogAxis(from: 30, to: 170).ticks == [20, 50, 100, 200])
  }

  @Test(arguments: [0, 5e-324, 1e-300, 1e-9, 1, 1e18, 1e300, Double.greatestFiniteMagnitude, .infinity, .nan, -1])
  func aLogarithmicAxisHasFewTicksForAnyNumbers(_ lowest: Double) {
    for highest in [0, 1e-300, 1, 3, 1e300, .infinity, .nan] {
      let axis = LogAxis(from: lowest, to: highest)
      #expect(axis.start > 0 && axis.end > axis.start && axis.end.isFinite, "\(axis)")
      #expect(axis.ticks.count < 30 && axis.ticks.allSatisfy { 0...1 ~= axis.share($0) }, "\(axis)")
      #expect(axis.ticks.allSatisfy { axis.text($0).count < 12 }, "\(axis.ticks.map(axis.text))")
    }
  }
}
