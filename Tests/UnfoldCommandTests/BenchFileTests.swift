import Foundation
import FoundationXML
import Testing

@testable import UnfoldCommand

/// What `unfold bench --output` writes is read again, and told by its version.
@Suite struct BenchFileTests {
  private let odd = "odd<&\">|'\u{1}*"

  private var shapes: SpeedReport {
    let samples = [PassDirection.forwardWithBias, .inputGradient].flatMap { direction in
      [1, 2].map { threads in
        SpeedSample(
          operation: "transposed-convolution", name: odd, shape: odd, batch: 8, occurrences: 2, direction: direction,
          threads: threads, wantedAlgorithm: "automatic", algorithm: "im2col", operations: 2e9, bytes: 5,
          seconds: [0.5 / Double(threads), 1])
      }
    }
    let rates = [1, 2].map { MachineRates(threads: $0, matrixProducts: 40 * Double($0), fusedMultiplyAdds: 100) }
    return SpeedReport(
      machine: .current, threads: [1, 2], rates: rates, doubts: ["a doubt"], shapes: "Shapes/net.txt",
      samples: samples, summaries: SpeedSummary.all(of: samples))
  }

  private var network: NetworkReport {
    func row(_ layers: [String], _ operation: String, _ pass: String, _ seconds: Double, _ operations: Double = 0)
      -> NetworkProfile.Row
    {
      NetworkProfile.Row(
        layers: layers, operation: operation, pass: pass, seconds: seconds, operations: operations, bytes: 1000)
    }
    let profile = NetworkProfile(
      seconds: [1.01, 1.01],
      rows: [
        row(["a"], "conv 3x3", "forward", 0.3, 3e9), row(["b", "c"], "conv 1x1", "forward", 0.1, 1e9),
        row([odd], "batch norm", "backward", 0.5), row([], "", "loss", 0.1),
      ])
    return NetworkReport(
      machine: .current, network: "resnet50", mode: .training, input: [224, 224, 3], batch: 8,
      runs: [
        .init(threads: 1, seconds: [1, 1.1, 1.2], profile: profile), .init(threads: 2, seconds: [0.5], profile: nil),
      ])
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    #expect(try BenchFile(json: Array(jsonText(shapes).utf8), path: "a.json") == .shapes(shapes))
    #expect(try BenchFile(json: Array(jsonText(network).utf8), path: "a.json") == .network(network))
    for text in [try jsonText(shapes), try jsonText(network)] { #expect(BenchFile.isOne(Array(text.utf8))) }
    for text in ["", "{}", "[]", #"{"cells": []}"#] { #expect(!BenchFile.isOne(Array(text.utf8)), "\(text)") }
  }

  @Test(arguments: [
    (#"{"schema": 2, "kind": "clouds"}"#, "expected a run of bench with schema 1, found schema 2"),
    (#"{"samples": []}"#, "expected a run of bench with schema 1, found none, as older versions wrote"),
    (#"{"schema": 1}"#, "no \"kind\""), (#"{"schema": 1, "kind": "clouds"}"#, "kind"),
    (#"{"schema": 1, "kind": "network"}"#, "no \"machine\""), ("", "no JSON"),
  ])
  func whatIsNoRunIsRefused(_ json: String, _ says: String) {
    do {
      _ = try BenchFile(json: Array(json.utf8), path: "a.json")
      Issue.record("\(json) was taken")
    } catch {
      #expect("\(error)".hasPrefix("a.json: ") && "\(error)".contains(says), "\(error)")
    }
  }

  @Test func aPageHoldsTheWholeRun() throws {
    for (file, texts) in [
      (
        BenchFile.shapes(shapes),
        [
          "Speed of net", "odd&lt;&amp;&quot;&gt;|'*", "1, 2 threads", "500.000", "250.000", "10 %",
          "Doubtful: a doubt.",
        ]
      ),
      (.network(network), ["resnet50, training step, 8 images", "Layers on 1 thread", "b + c", "50.0 %", "10.0 %"]),
    ] {
      let html = BenchPage(file).html
      let parser = XMLParser(data: Data(html.utf8))
      #expect(parser.parse(), "\(String(describing: parser.parserError)) line \(parser.lineNumber)")
      for text in texts { #expect(html.contains(text), "\(text) in\n\(html)") }
    }
  }

  @Test func aProfileIsSortedByTimeAndAddsUp() throws {
    let profile = try #require(network.runs[0].profile)
    #expect(abs(profile.total - 1) < 1e-12 && abs(profile.mean - 1.01) < 1e-12)
    #expect(profile.kinds.map(\.operation) == ["batch norm", "conv", ""])
    #expect(profile.kinds[1].layers == ["a", "b", "c"] && profile.kinds[1].operations == 4e9)
    let lines = NetworkTable(network, width: 80).lines
    #expect(lines.allSatisfy { $0.columns <= 80 }, "\(lines)")
    let text = lines.joined(separator: "\n")
    for part in [
      "resnet50, training step, 8 images of 224x224x3", "99.0 % of a run", "100.0 %", "conv 3x3", "b +1", "10.0",
    ] {
      #expect(text.contains(part), "\(part) in\n\(text)")
    }
    // Of the layers the longest is first.
    let layers = lines.drop { $0 != "Layers on 1 thread:" }.dropFirst(4)
    #expect(layers.first?.contains("backward") == true, "\(text)")
  }

  @Test func theCommandsWriteAndReadRuns() throws {
    let executable = try Executable()
    try withFolder { folder in
      let text = "mb2ic8ih9oc4oh9kh3ph1n\"ordinary\"\n--deconv\nmb2ic3ih5oc2oh10kh4sh2ph1n\"transposed\"\n"
      try Data(text.utf8).write(to: folder.appendingPathComponent("s.txt"))
      func run(_ line: String) throws -> Executable.Outcome {
        try executable.run(line.split(separator: " ").map(String.init), in: folder)
      }
      let bench = try run("bench --shapes s.txt --seconds 0.01 --threads 1,2 --output run.json")
      #expect(bench.status == 0 && bench.output.contains("GFLOP/s 2t"), "\(bench)")
      guard case .shapes(let report) = try BenchFile(path: folder.path + "/run.json") else {
        Issue.record("another kind")
        return
      }
      #expect(report.threads == [1, 2] && report.samples.map(\.threads) == [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2])
      #expect(Set(report.samples.map(\.operation)) == ["convolution", "transposed-convolution"])
      #expect(report.rates.map(\.threads) == [1, 2] && report.summaries.count == 6)
      #expect(try run("compare-runs run.json run.json").status == 0)

      for (mode, passes) in [
        ("", ["forward", "filter gradient", "input gradient", "backward", "loss", "optimiser"]),
        (" --inference", ["forward"]),
      ] {
        let outcome = try run("bench --network lenet --batch 2 --seconds 0.01 --profile --output n.json\(mode)")
        #expect(outcome.status == 0 && outcome.output.contains("Operations:"), "\(outcome)")
        guard case .network(let report) = try BenchFile(path: folder.path + "/n.json") else {
          Issue.record("another kind")
          return
        }
        let profile = try #require(report.runs.first?.profile)
        #expect(Set(profile.rows.map(\.pass)) == Set(passes), "\(profile.rows)")
        #expect(profile.seconds.count >= 3 && profile.total > 0 && profile.total <= profile.mean, "\(profile)")
        #expect(try run("compare-runs n.json n.json").errors.contains("one of a network"))
      }
      for name in ["run", "n"] {
        let page = try run("report \(name).json --html \(name).html")
        #expect(page.status == 0 && page.output == "wrote \(name).html\n", "\(page)")
        let refused = try run("report \(name).json --svg \(name).svg")
        #expect(refused.status == 64 && refused.errorLines.count == 1, "\(refused)")
      }
      let explained = try run("bench --shapes s.txt --explain --threads 2")
      #expect(explained.status == 0 && explained.output.contains("expected cost"), "\(explained)")
      #expect(explained.output.contains("winograd4") && explained.output.contains("transposed to"), "\(explained)")
      let comparison = try run("compare --shapes s.txt --seconds 0.01 --threads 1 --comparison c.json")
      #expect(comparison.status == 0 && comparison.output.contains("transposed convolution, forward"), "\(comparison)")
      #expect(try run("report c.json --svg c.svg --html c.html").status == 0)
      #expect(try contents(of: folder)["c.html"]?.contains("3→2 channels, 4×4 on 5×5, stride 2") == true)
    }
  }
}
