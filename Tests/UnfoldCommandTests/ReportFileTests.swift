import Foundation
import FoundationXML
import Testing

@testable import UnfoldCommand

@Suite struct ReportFileTests {
  private let name = "odd<&\">|'\u{1}*"

  private func comparison() throws -> Comparison {
    let cells = ["FWD_B", "BWD_D", "BWD_W"].flatMap { direction in
      [1, 2].flatMap { threads in
        [1, 8].map { batch in
          Comparison.Cell(
            suite: name, name: "\(name):x", shape: name, direction: direction, batch: batch, threads: threads,
            operations: 1e9,
            seconds: [
              "unfold": [1, 1], "pytorch": [0.5, 0.5], "naive": [.nan], "onnxruntime": [], "stranger": [1],
            ])
        }
      }
    }
    let others = ["maximum-pooling", "training", name].map {
      Comparison.Cell(suite: name, name: name, operation: $0, direction: "STEP", seconds: ["unfold": [1]])
    }
    return Comparison(
      date: "2026-11-23T23:30:00Z", versions: ["pytorch": name, name: "1"],
      rates: [.init(threads: 2, peak: 3, sgemm: nil)], cells: cells + others,
      memory: [.init(name: name, direction: "FWD_B", threads: 1, bytes: ["unfold": 5, "pytorch": .nan])])
  }

  @Test func drawingAndPageAreWellFormedAndStandAlone() throws {
    for comparison in [try comparison(), Comparison(cells: [])] {
      for text in [ReportPicture(comparison).svg, ReportPage(comparison).html] {
        let parser = XMLParser(data: Data(text.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError)) line \(parser.lineNumber)")
        #expect(!text.contains("<script") && !text.contains("url(") && !text.contains("src="))
        #expect(!text.contains("nan") && !text.contains("inf\""))
      }
    }
    #expect(ReportPicture(try comparison()).svg.contains("odd&lt;&amp;&quot;&gt;|'*"))
    #expect(ReportPage(try comparison()).html.contains("Time against batch"))
  }

  @Test(arguments: [
    "0", "5e-324", "1e-300", "1e-9", "1", "1e18", "1e19", "1e300", "1.7976931348623157e308", "\"inf\"", "\"nan\"", "-1",
  ])
  func numbersOfAnySizeAreDrawn(_ number: String) throws {
    for operations in ["0", "1", "1e300", number] {
      let cells = ["convolution", "maximum-pooling", "training"].flatMap { operation in
        [1, 2, Int.max, Int.min].map { count in
          """
          {"name": "a:b", "direction": "FWD_B", "operation": "\(operation)", "batch": \(count), "threads": \(count),
           "groups": \(count), "occurrences": \(count), "operations": \(operations), "operationsOf": {"naive": \(number)},
           "seconds": {"unfold": [\(number), 1], "pytorch": [\(number), 1e-300], "naive": [\(number)]}}
          """
        }
      }
      let json = """
        {"cells": [\(cells.joined(separator: ","))],
         "rates": [{"threads": 1, "peak": \(number), "sgemm": \(number)}, {"threads": 2, "peak": 1e300, "sgemm": 1}],
         "memory": [{"name": "m", "direction": "FWD_B", "batch": \(Int.max), "threads": \(Int.min),
                     "bytes": {"unfold": \(number), "pytorch": 1}}]}
        """
      let comparison = try Comparison(json: Array(json.utf8), path: "c.json")
      for text in [ReportPicture(comparison).svg, ReportPage(comparison).html] {
        #expect(XMLParser(data: Data(text.utf8)).parse())
        #expect(
          !text.contains("\"nan") && !text.contains("inf\"") && !text.contains(",nan") && !text.contains(",inf"),
          "\(number)")
        // No drawing is wider than a screen.
        let lengths = text.components(separatedBy: " width=\"").dropFirst().compactMap {
          Double($0.prefix { $0 != "\"" })
        }
        #expect(lengths.allSatisfy { 0...3000 ~= $0 }, "\(number) \(lengths.max() ?? 0)")
      }
      #expect(!LossSection(comparison).markdown.isEmpty)
    }
  }

  @Test func absentFieldsAreTheirDefaults() throws {
    let json = """
      {"cells": [{"name": "lenet:conv1", "direction": "FWD_B", "seconds": {"unfold": [1, null, "nan"], "naive": null}}],
       "versions": {"pytorch": "2.15.0", "onnxruntime": null}, "more": 1}
      """
    let comparison = try Comparison(json: Array(json.utf8), path: "c.json")
    let cell = try #require(comparison.cells.first)
    #expect(cell.suite == "lenet" && cell.operation == "convolution" && cell.threads == 1 && cell.groups == 1)
    #expect(cell.rounds(.unfold) == [1, nil, nil] && cell.rounds(.naive).isEmpty)
    #expect(comparison.versions == ["pytorch": "2.15.0"] && comparison.machine == nil)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var comparison = try comparison()
    comparison.cells = comparison.cells.map { cell in
      var cell = cell
      cell.seconds["naive"] = nil
      return cell
    }
    comparison.memory = []
    #expect(try Comparison(json: Array(jsonText(comparison).utf8), path: "c.json") == comparison)
  }

  @Test(arguments: [
    ("", "no JSON"), ("[]", "another kind"), ("{}", "no \"cells\""), (#"{"cells": [{}]}"#, "no \"name\" in cells[0]"),
    (#"{"cells": [{"name": "a", "direction": "b", "seconds": {"unfold": "x"}}]}"#, "cells[0].seconds.unfold"),
  ])
  func whatIsNoComparisonIsRefused(_ json: String, _ found: String) {
    do {
      _ = try Comparison(json: Array(json.utf8), path: "c.json")
      Issue.record("\(json) was taken")
    } catch {
      #expect("\(error)".hasPrefix("c.json: expected a comparison in JSON, found ") && "\(error)".contains(found))
    }
  }

  @Test func aSectionTakesThePlaceOfTheOldOneAndOfNothingElse() throws {
    let section = LossSection(try comparison())
    let (before, after) = ("# A\n\n<!-- where-we-lose -->", "<!-- /where-we-lose -->\n\nmore \r\n| x |")
    let text = try section.replaced(in: before + "\nold\n" + after, path: "README.md")
    #expect(text.hasPrefix(before + "\n") && text.hasSuffix("\n" + after) && !text.contains("\nold\n"))
    #expect(try section.replaced(in: text, path: "README.md") == text)
    // 12 convolutions, all half as fast; the ten worst of them, each with both rates.
    #expect(text.contains("in 12 of the 12 measurements. The 10 worst:"))
    let rows = text.split(separator: "\n").filter { $0.hasSuffix("1.00 GFLOP/s | 2.00 GFLOP/s | 0.50 |") }
    #expect(rows.count == 10, "\(text)")
    #expect(text.contains("| convolution, 2 threads | 0.50 (0.50) | 0.50 (0.50) | 0.50 (0.50) |"), "\(text)")
    #expect(text.contains("odd&lt;&amp;&quot;&gt;\\|'\\*:x"), "\(text)")
  }

  /// The cells of a table's row, without their tags.
  private func row(_ name: String, in html: String) -> [[String]] {
    html.components(separatedBy: "<tr").compactMap { $0.components(separatedBy: "</tr>").first }
      .filter { $0.contains(">\(name)<") }
      .map { row in
        row.components(separatedBy: "</td>").dropLast().map { String($0.split(separator: ">").last ?? "") }
      }
  }

  @Test func networksStandBesideEverybody() throws {
    func cell(_ operation: String, batch: Int, _ seconds: [String: [Double]]) -> Comparison.Cell {
      Comparison.Cell(
        suite: operation, name: "net", operation: operation, direction: operation == "training" ? "STEP" : "FWD_D",
        batch: batch, threads: 2, operations: 1e9, seconds: seconds)
    }
    let comparison = Comparison(
      cells: [
        cell("inference", batch: 8, ["unfold": [2], "pytorch": [4], "onnxruntime": [1]]),
        cell(
          "training", batch: 4,
          ["unfold": [1], "pytorch": [2], "pytorch-channels-last": [1.5], "pytorch-compile": [0.5]]),
      ],
      memory: [
        .init(
          name: "net", direction: "FWD_D", batch: 1, threads: 2,
          bytes: ["unfold": 1_048_576, "onnxruntime": 2_097_152])
      ])
    let html = ReportPage(comparison).html
    let rows = row("net", in: html)
    // Name, pass, batch, threads, then images a second of PyTorch, another and Unfold, then Unfold's ratios to both
    // and who is the fastest rival.
    #expect(
      rows.contains(["net", "step", "4", "2", "2.67", "8.00", "4.00", "1.50", "0.50", "torch.compile"]), "\(rows)")
    #expect(
      rows.contains(["net", "forward", "8", "2", "2.00", "8.00", "4.00", "2.00", "0.50", "ONNX Runtime"]), "\(rows)")
    #expect(rows.contains(["net", "forward", "1", "2", "2.0", "1.0"]), "\(rows)")
    #expect(html.contains("Unfold/torch.compile") && html.contains("Unfold/ONNX Runtime"))

    let lines = LossSection(comparison).markdown.split(separator: "\n")
    for line in [
      "| images/s, 2 threads |  | batch | PyTorch | torch.compile | ONNX Runtime | Unfold | Unfold / fastest rival |",
      "| net | training step | 4 | 2.67 | 8.00 |  | 4.00 | 0.50 (torch.compile) |",
      "| net | inference | 8 | 2.00 |  | 8.00 | 4.00 | 0.50 (ONNX Runtime) |",
    ] {
      #expect(lines.contains { $0 == line }, "\(lines)")
    }
  }

  @Test(arguments: [
    "", "<!-- where-we-lose -->", "<!-- /where-we-lose --><!-- where-we-lose -->",
    "<!-- where-we-lose --><!-- where-we-lose --><!-- /where-we-lose -->",
  ])
  func marksThatAreMissingAreAnError(_ text: String) throws {
    #expect(throws: CommandError.self) { try LossSection(comparison()).replaced(in: text, path: "README.md") }
  }

  @Test func theCommandWritesAllOrNothing() throws {
    let executable = try Executable()
    try withFolder { folder in
      try Data("mb2ic3ih9oc4oh9kh3ph1n\"net:one*2\"\n".utf8).write(to: folder.appendingPathComponent("net.txt"))
      let measured = try executable.run(
        ["compare", "--shapes", "net.txt", "--seconds", "0.01", "--threads", "2", "--comparison", "c.json"], in: folder)
      #expect(measured.status == 0, "\(measured)")
      let comparison = try Comparison(json: try InputFile(folder.path + "/c.json").bytes(), path: "c.json")
      #expect(comparison.cells.map(\.threads) == [1, 2, 1, 2, 1, 2])
      #expect(comparison.cells.allSatisfy { $0.suite == "net" && $0.operationsOf == ["naive": $0.operations / 2] })
      #expect(comparison.cells.allSatisfy { ($0.ratio(to: .naive) ?? 0) > 0 && ($0.ratio(to: .blas) ?? 0) > 0 })
      // Every run is kept, and the round is the fastest of them.
      for cell in comparison.cells {
        let runs = try #require(cell.samples?["unfold"])
        #expect(runs.count >= 3 && cell.seconds["unfold"] == runs.min().map { [$0] }, "\(runs)")
        #expect(cell.samples?["naive"]?.count == 1)
      }

      try Data("no marks".utf8).write(to: folder.appendingPathComponent("README.md"))
      let refused = try executable.run(
        ["report", "c.json", "--svg", "o.svg", "--readme", "README.md"], in: folder)
      #expect(refused.status == 1 && refused.errorLines.count == 1, "\(refused)")
      #expect(try contents(of: folder).keys.sorted() == ["README.md", "c.json", "net.txt"])

      try Data("\(LossSection.mark.opening)\n\(LossSection.mark.ending)\n".utf8).write(
        to: folder.appendingPathComponent("README.md"))
      let written = try executable.run(
        ["report", "c.json", "--svg", "o.svg", "--html", "o.html", "--readme", "README.md"], in: folder)
      #expect(written.status == 0, "\(written)")
      let files = try contents(of: folder)
      #expect(files.keys.sorted() == ["README.md", "c.json", "net.txt", "o.html", "o.svg"])
      #expect(files["README.md"]?.contains("naive loops") == true)
      for arguments in [["report", "c.json"], ["report", "none.json", "--svg", "x"], ["report", ".", "--svg", "x"]] {
        let outcome = try executable.run(arguments, in: folder)
        #expect(outcome.status == (arguments.count == 2 ? 64 : 1) && outcome.errorLines.count == 1, "\(outcome)")
      }
    }
  }
}
