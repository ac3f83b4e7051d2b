import Foundation
import FoundationXML
import Testing

@testable import UnfoldCommand
@testable import UnfoldNN

@Suite struct CurvePanelTests {
  @Test func axesGoToTheTicksBeyondTheirNumbers() {
    let axis = Axis(from: 71.3, to: 100, steps: 5)
    #expect((axis.start, axis.end, axis.step) == (70, 100, 10))
    #expect(axis.ticks == [70, 80, 90, 100])
    #expect(Axis(from: 0, to: 0.62, steps: 5).ticks.map { $0.text(places: 1) } == ["0.0", "0.2", "0.4", "0.6", "0.8"])
    #expect(Axis(from: 3, to: 3, steps: 5).ticks.first == 3)
    #expect(Axis(from: .nan, to: .infinity, steps: 5).ticks.last == 1)
    #expect(Axis(counting: 1...5, steps: 8).ticks == [1, 2, 3, 4, 5])
    #expect(Axis(counting: 1...40, steps: 8).ticks == [5, 10, 15, 20, 25, 30, 35, 40])
    #expect(Axis(counting: 1...1, steps: 8).ticks == [1])
  }

  /// Numbers that a file may hold, up to those that no axis can tell apart.
  private static let extremes: [Double] = [
    0, 5e-324, 1e-310, 1e-300, 1e-20, 1, 1e18, 1e18 + 256, 9.3e18, 1e20, 1e300, .greatestFiniteMagnitude, .infinity,
    .nan,
  ]

  @Test func axesOfAnyNumbersHaveFewTicksAndFiniteEnds() {
    let numbers = Self.extremes + Self.extremes.map { -$0 }
    for lowest in numbers {
      var axes = [Axis(upTo: lowest, steps: 5)]
      for highest in numbers { axes.append(Axis(from: lowest, to: highest, steps: 5)) }
      for axis in axes {
        let ticks = axis.ticks
        #expect(axis.start.isFinite && axis.end.isFinite && axis.end > axis.start && axis.step > 0, "\(lowest) \(axis)")
        #expect(1...30 ~= ticks.count && ticks.allSatisfy(\.isFinite), "\(lowest) \(axis) \(ticks)")
        #expect(ticks.map(axis.text).allSatisfy { !$0.contains("nan") && !$0.contains("inf") }, "\(axis)")
        for value in numbers where !value.isNaN {
          #expect(axis.start...axis.end ~= axis.clamped(value), "\(axis) \(value)")
        }
      }
    }
    #expect(Axis(counting: 1...Int.max, steps: 8).ticks.count < 30)
    #expect(Axis(counting: Int.min...Int.max, steps: 8).ticks.count < 30)
  }

  @Test func ratesWithinOnePowerOfTenAreDrawn() {
    for (lowest, highest) in [(0.002, 0.005), (1e-300, 1e300), (0.01, 0.1)] {
      let panel = CurvePanel(
        title: "t", xTitle: "x", horizontal: .powers(lowest, highest), vertical: Axis(from: 0, to: 1, steps: 5),
        lines: [.init(name: "l", style: "first", points: [.init(x: lowest, y: 0), .init(x: highest, y: 1)])])
      let svg = CurvePanel.svg([panel], title: "t", detail: "d")
      #expect(XMLParser(data: Data(svg.utf8)).parse() && !svg.contains("nan") && !svg.contains("inf"), "\(svg)")
      // From one end of the panel to the other, whatever the rates.
      #expect(svg.contains("points=\"54.0,254.0 422.0,44.0\""), "\(lowest) \(highest) \(svg)")
    }
  }

  private func epoch(_ number: Int, loss: Double) throws -> TrainingEpoch {
    var state = TrainerState()
    (state.epoch, state.samples, state.lossSum, state.labels, state.correct) = (number, 10, 10 * loss, 10, 8)
    let confusion = try ConfusionMatrix(classes: 2)
    return TrainingEpoch(
      state, learningRate: 0.1,
      Evaluation(loss: loss + 0.5, confusion: confusion, topFiveAccuracy: 1, samples: 10, boxOverlap: nil, seconds: 1),
      .imageClassification)
  }

  @Test func aHistorySurvivesInACheckpoint() throws {
    var history = TrainingHistory()
    for number in 1...3 { history.record(try epoch(number, loss: 1 / Double(number))) }
    // Epoch 3 is done again after a crash.
    history.record(try epoch(3, loss: 0.25))
    #expect(history.epochs.map(\.epoch) == [1, 2, 3] && history.epochs[2].loss == 0.25)
    var file = SafetensorsFile()
    file.metadata = history.metadata
    let read = TrainingHistory(file)
    #expect(read.epochs.map(\.loss) == [1, 0.5, 0.25] && read.epochs.map(\.testLoss) == [1.5, 1, 0.75])
    #expect(read.svg(title: "toy", epochs: 5) == history.svg(title: "toy", epochs: 5))
    #expect(TrainingHistory(SafetensorsFile()).epochs.isEmpty)
  }

  @Test func curvesAreDrawnToScale() throws {
    var history = TrainingHistory()
    for (number, loss) in [(1, 2.0), (2, 1.0), (3, 0.0)] { history.record(try epoch(number, loss: loss)) }
    let svg = history.svg(title: "a < b", epochs: 3)
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    #expect(svg.contains("a &lt; b") && svg.contains("epoch 3 of 3: test loss 0.5000"))
    // The panel is 46 to 430 wide, with 8 to spare, and 44 to 254 high; the axis of the losses ends at 2.5.
    #expect(svg.contains("points=\"54.0,86.0 238.0,170.0 422.0,254.0\""), "\(svg)")
  }

  @Test func ratesAreTextsOfTwoDigits() {
    for (rate, text) in [
      (1e-6, "1.0e-6"), (2.46e-6, "2.5e-6"), (0.000316, "0.00032"), (0.0032, "0.0032"), (0.999, "1.0"), (0.05, "0.050"),
      (31.6, "32"), (1200, "1.2e3"),
    ] { #expect(rate.rateText == text, "\(rate)") }
  }
}
