import Foundation
import Testing

@testable import UnfoldCommand

@Suite struct ConfusionReportTests {
  private let report: ConfusionReport

  init() throws {
    report = try ConfusionReport(labels: ["cat", "dog", "never seen"], counts: [[8, 2, 0], [1, 9, 0], [0, 0, 0]])
  }

  @Test func sharesFollowFromTheCounts() {
    #expect(report.total == 20)
    #expect(report.accuracy == 0.85)
    #expect(report.recall(0) == 0.8)
    #expect(report.recall(2) == nil)
    #expect(report.precision(0) == 8.0 / 9)
    #expect(report.precision(2) == nil)
  }

  @Test func tableIsAligned() {
    #expect(
      report.lines(width: 80) == [
        "true \\ predicted    0    1 2 recall %",
        "---------------- ---- ---- - --------",
        "0 cat               8    2 0     80.0",
        "1 dog               1    9 0     90.0",
        "2 never seen        0    0 0        -",
        "precision %      88.9 81.8 -",
      ])
  }

  @Test func classesThatHaveNoRoomFollowBelow() {
    // 16 and 8 for the names and the recall, 5 for a class, with its gap, and 1.
    #expect(
      report.lines(width: 33) == [
        "true \\ predicted    0 recall %", "---------------- ---- --------", "0 cat               8     80.0",
        "1 dog               1     90.0", "2 never seen        0        -", "precision %      88.9", "",
        "true \\ predicted    1 2 recall %", "---------------- ---- - --------", "0 cat               2 0     80.0",
        "1 dog               9 0     90.0", "2 never seen        0 0        -", "precision %      81.8 -",
      ])
    let ten = try? ConfusionReport(
      labels: (0..<10).map { "name \($0)" },
      counts: (0..<10).map { truth in (0..<10).map { $0 == truth ? 9_000 : 111 } })
    #expect(ten?.lines(width: 80).count == 13 && ten?.lines(width: 80).allSatisfy { $0.columns <= 80 } == true)
  }

  @Test func namesMayHoldAnything() throws {
    let names = ["日本", "a\u{1B}[2J\n", "\u{202E}x"]
    let lines = try ConfusionReport(labels: names, counts: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]).lines(width: 80)
    #expect(
      lines.dropFirst(2) == [
        "0 日本               1     0     0    100.0", "1 a\\u{1B}[2J\\n       0     1     0    100.0",
        "2 \\u{202E}x          0     0     1    100.0", "precision %      100.0 100.0 100.0",
      ], "\(lines)")
  }

  @Test func countsThatDoNotFitTheLabelsAreRefused() {
    #expect(throws: CommandError.self) { try ConfusionReport(labels: ["a", "b"], counts: [[1, 2]]) }
    #expect(throws: CommandError.self) { try ConfusionReport(labels: ["a", "b"], counts: [[1, 2], [3]]) }
  }

  @Test func drawingIsWellFormedAndSaysEverything() throws {
    let drawing = try Drawing(report.svg(title: "lenet after 5 epochs"))
    #expect(drawing.root == "svg")
    #expect(drawing.count(of: "rect") == 1 + 9 + 1 + 20)
    for text in ["lenet after 5 epochs", "20 images, 85.00 % recognised", "true class", "predicted class", "recall"] {
      #expect(drawing.texts.contains(text), "\(text)")
    }
    // Each name at its row and its column, counts that are not zero, recalls.
    #expect(drawing.texts.count { $0 == "never seen" } == 2)
    for count in ["8", "2", "1", "9"] { #expect(drawing.texts.contains(count), "\(count)") }
    #expect(!drawing.texts.contains("0"))
    #expect(drawing.texts.contains("80.0 %") && drawing.texts.contains("90.0 %"))
  }

  @Test func largerSharesAreStronger() throws {
    let svg = report.svg(title: "x")
    // Background first, then the cells row by row: 8, 2 and none of 10.
    let classes = try Drawing(svg).all("rect").dropFirst().prefix(3).compactMap {
      $0["class"]?.split(separator: " ").last
    }
    #expect(classes.count == 3)
    // The colours of light screens come first, then those of dark ones: there a stronger cell is lighter.
    let screens = svg.components(separatedBy: "@media (prefers-color-scheme:dark)")
    #expect(screens.count == 2)
    for (rules, isDark) in zip(screens, [false, true]) {
      let luminances = classes.compactMap { name in
        rules.components(separatedBy: ".\(name){fill:").dropFirst().first.flatMap {
          luminance(String($0.prefix { $0 != "}" }))
        }
      }
      #expect(luminances.count == 3)
      #expect(
        luminances == luminances.sorted { isDark ? $0 > $1 : $0 < $1 } && Set(luminances).count == 3, "\(luminances)")
    }
  }

  @Test func namesMayHoldWhatXMLReserves() throws {
    let name = "a<b> & \"c\"\u{1}'\n"
    let drawing = try Drawing(ConfusionReport(labels: [name], counts: [[3]]).svg(title: name))
    #expect(drawing.texts.contains("a<b> & \"c\"' "), "\(drawing.texts)")
  }

  @Test func noClassesDrawNothing() throws {
    #expect(try Drawing(ConfusionReport(labels: [], counts: []).svg(title: "empty")).root == "svg")
  }

  private func luminance(_ fill: String) -> Int? {
    guard fill.hasPrefix("rgb("), fill.hasSuffix(")") else { return nil }
    let parts = fill.dropFirst(4).dropLast().split(separator: ",").compactMap { Int($0) }
    return parts.count == 3 && parts.allSatisfy({ 0...255 ~= $0 }) ? parts.reduce(0, +) : nil
  }
}
