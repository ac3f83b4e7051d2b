import Testing

@testable import UnfoldCommand

@Suite struct ProgressLineTests {
  private let line = ProgressLine(
    label: "epoch 2/6", fraction: 0.455, fields: ["loss 0.3123", "accuracy 88.91 %", "3,812 images/s"], secondsLeft: 12)

  @Test func everythingIsShownWhereThereIsRoom() {
    #expect(
      line.text(width: 120)
        == "epoch 2/6  [##############------------------]   45 %  loss 0.3123  accuracy 88.91 %  "
        + "3,812 images/s  0:12 left")
  }

  @Test func theLogHasNoBar() {
    #expect(line.plainText == "epoch 2/6   45 %  loss 0.3123  accuracy 88.91 %  3,812 images/s  0:12 left")
  }

  @Test func noLineIsWiderThanTheTerminal() {
    let names = ["epoch 2/6", "bench 日本\u{1B}[2J", ""]
    for name in names {
      let line = ProgressLine(label: name, fraction: 0.455, fields: line.fields, secondsLeft: 12)
      for width in 0...130 { #expect(line.text(width: width).columns <= width, "\(name) \(width)") }
    }
  }

  @Test func theBarStaysAndTheLeastImportantGoesFirst() {
    // The terminals that people have: of 120, 100, 80, 60 and 40 columns, the last of which stays free.
    #expect(
      line.text(width: 99)
        == "epoch 2/6  [#########------------]   45 %  loss 0.3123  accuracy 88.91 %  3,812 images/s  0:12 left")
    #expect(
      line.text(width: 79) == "epoch 2/6  [#######----------]   45 %  loss 0.3123  accuracy 88.91 %  0:12 left")
    #expect(line.text(width: 59) == "epoch 2/6  [######---------]   45 %  loss 0.3123  0:12 left")
    #expect(line.text(width: 39) == "epoch 2/6  [###-----]   45 %  0:12 left")
    // No room for a bar of six beside the label, the share and the time.
    #expect(line.text(width: 36) == "epoch 2/6   45 %  0:12 left")
    #expect(line.text(width: 7) == "epoch 2")
    for width in 37...130 { #expect(line.text(width: width).contains("[#"), "\(width)") }
  }

  @Test(arguments: [
    (0.0, "  0 %", 0), (0.999, " 99 %", 31), (1.0, "100 %", 32), (7.0, "100 %", 32), (.nan, "  0 %", 0),
  ])
  func fractionsStayWithinTheBar(_ fraction: Double, _ percent: String, _ filled: Int) {
    let text = ProgressLine(label: "x", fraction: fraction).text(width: 80)
    #expect(text.hasSuffix(percent), "\(text)")
    #expect(text.count { $0 == "#" } == filled)
  }
}
