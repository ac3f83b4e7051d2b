import Testing

@testable import UnfoldCommand

@Suite struct ProgressDisplayTests {
  /// A screen that remembers, and a clock that is set by hand.
  private final class Stage {
    var written: [String] = []
    var time = 100.0
    var width = 80

    func display(interactive: Bool) -> ProgressDisplay {
      ProgressDisplay(
        .init(isInteractive: interactive, width: { self.width }, write: { self.written.append($0) }),
        now: { self.time })
    }
  }

  @Test func aLogGetsALineATenth() {
    let stage = Stage()
    let display = stage.display(interactive: false)
    for step in 1...1000 {
      stage.time += 0.05
      display.update("epoch 1/1", fraction: Double(step) / 1000, fields: ["loss \(step)"])
    }
    display.hide()
    #expect(stage.written.count == 10)
    #expect(stage.written.first == "epoch 1/1   10 %  loss 100  0:45 left\n")
    #expect(stage.written.last == "epoch 1/1  100 %  loss 1000\n")
    #expect(!stage.written.joined().contains("\u{1B}"))
  }

  @Test func aLogOfFewStepsGetsALineAStep() {
    let stage = Stage()
    let display = stage.display(interactive: false)
    for epoch in 1...2 {
      for step in 1...3 { display.update("epoch \(epoch)/2", fraction: Double(step) / 3) }
    }
    #expect(stage.written.count == 6)
    #expect(stage.written[3].hasPrefix("epoch 2/2   33 %"))
  }

  @Test func aTerminalIsRedrawnInPlaceTenTimesASecond() {
    let stage = Stage()
    let display = stage.display(interactive: true)
    for step in 1...1000 {
      stage.time += 0.001
      display.update("work", fraction: Double(step) / 2000)
    }
    #expect((9...11).contains(stage.written.count), "\(stage.written.count)")
    #expect(stage.written.allSatisfy { $0.hasPrefix("\r") && $0.hasSuffix("\u{1B}[K") && !$0.contains("\n") })
    let before = stage.written.count
    display.hide()
    display.hide()
    #expect(stage.written.suffix(from: before) == ["\r\u{1B}[K"])
  }

  @Test func theTimeLeftFollowsTheClock() throws {
    let stage = Stage()
    let display = stage.display(interactive: true)
    display.update("check a", phase: "check", fraction: 0)
    stage.time += 30
    display.update("check b", phase: "check", fraction: 0.25)
    #expect(try #require(stage.written.last).contains("25 %  1:30 left"), "\(stage.written)")
    stage.time += 1
    display.update("another phase", fraction: 0.5)
    stage.time += 5
    display.update("another phase", fraction: 0.75)
    #expect(try #require(stage.written.last).contains("75 %  0:05 left"), "\(stage.written)")
  }

  @Test func theWidthIsAskedForAtEachDrawing() throws {
    let stage = Stage()
    let display = stage.display(interactive: true)
    for width in [200, 60, 24, 9] {
      stage.width = width
      stage.time += 1
      display.update("epoch 1/1", fraction: 0.5, fields: ["loss 0.5000", "accuracy 80.00 %"])
      // Without carriage return and escape sequence; the last column stays free.
      #expect(try #require(stage.written.last).count - 4 < width)
    }
  }

  @Test func fieldsAreMadeOnlyWhereTheyAreShown() {
    let stage = Stage()
    let display = stage.display(interactive: false)
    var made = 0
    func fields() -> [String] {
      made += 1
      return []
    }
    for step in 1...500 { display.update("x", fraction: Double(step) / 1000, fields: fields()) }
    #expect(made == 5)
  }
}
