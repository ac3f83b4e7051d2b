import Foundation
import FoundationXML
import Testing

/// `unfold summary`, `graph` and `find-rate` from beginning to end.
@Suite struct NetworkCommandTests {
  private let executable: Executable

  init() throws { executable = try Executable() }

  @Test func aRateIsFound() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let outcome = try executable.run(
        [
          "find-rate", "--data", "data", "--batch", "16", "--optimiser", "sgd", "--highest", "100", "--steps", "80",
          "--svg", "rates.svg", "--json",
        ], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      let report = try object(outcome.output)
      let points = try #require(report["points"] as? [[String: Double]])
      #expect(points.count > 10 && points.count <= 80 && points.first?["rate"] == 1e-6)
      let rate = try #require(report["proposedRate"] as? Double)
      #expect(rate > 1e-5 && rate < 10, "\(outcome.output)")
      let drawing = try #require(contents(of: folder)["rates.svg"])
      #expect(drawing.contains("learning rate") && XMLParser(data: Data(drawing.utf8)).parse())

      let table = try executable.run(["find-rate", "--data", "data", "--batch", "16"], in: folder)
      #expect(table.status == 0 && table.output.contains("curve             lenet-rates.svg"), "\(table)")
      // No power of ten lies between the rates.
      let narrow = try executable.run(
        ["find-rate", "--data", "data", "--batch", "16", "--lowest", "0.002", "--highest", "0.005", "--steps", "12"],
        in: folder)
      #expect(narrow.status == 0, "\(narrow)")
      let wrong = try executable.run(["find-rate", "--data", "data", "--lowest", "2"], in: folder)
      #expect(wrong.status == 64 && wrong.errorLines.count == 1 && wrong.errors.contains("2.0 and 1.0"), "\(wrong)")
    }
  }

  @Test func aNetworkIsSummarised() throws {
    try withFolder { folder in
      let outcome = try executable.run(["summary", "--model", "resnet50", "--batch", "8", "--json"], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      let report = try object(outcome.output)
      #expect(report["parameters"] as? Int == 25_557_032)
      #expect((report["operations"] as? Double).map { Int($0 / 1e6) } == 8178)
      let layers = try #require(report["layers"] as? [[String: Any]])
      #expect(layers.map { $0["parameters"] as? Int ?? 0 }.reduce(0, +) == 25_557_032)
      let memory = try #require(report["trainingBytes"] as? [String: Int])
      #expect(try #require(memory["planned"]) >= #require(memory["lowerBound"]))

      let table = try executable.run(["summary", "--input", "8x8x3", "--classes", "2"], in: folder)
      #expect(table.status == 0, "\(table)")
      let row = table.output.split(separator: "\n").first { $0.hasPrefix("conv1") }
      #expect(row?.split(separator: " ") == ["conv1", "conv", "5x5", "8x8x32", "2,432", "0.31"], "\(table)")
      for (arguments, message) in [
        (["--input", "8x8"], "node conv1"), (["--input", "8x0x1"], "--input: expected HxWxC"),
        (["--model", "nonet"], "nonet"), (["--classes", "0"], "--classes: expected 1 to 1000000, found 0"),
        (["--batch", "0"], "batch: expected 1 or more, found 0"), (["--model", "no.safetensors"], "no.safetensors"),
      ] {
        let wrong = try executable.run(["summary"] + arguments, in: folder)
        let status: Int32 = message == "no.safetensors" ? 1 : 64
        #expect(wrong.status == status && wrong.errorLines.count == 1 && wrong.errors.contains(message), "\(wrong)")
      }
    }
  }

  @Test func aModelFileIsSummarisedAndDrawn() throws {
    try withFolder { folder in
      try executable.trainToy(in: folder)
      let summary = try executable.run(["summary", "--model", "toy.safetensors", "--json"], in: folder)
      let report = try object(summary.output)
      #expect(report["input"] as? [Int] == [8, 8, 1] && report["classes"] as? Int == 2, "\(summary)")
      let wrong = try executable.run(["graph", "--model", "toy.safetensors", "--classes", "3"], in: folder)
      #expect(wrong.status == 64 && wrong.errors.contains("--classes: expected the name of a network"), "\(wrong)")
    }
  }

  @Test func aNetworkIsDrawn() throws {
    try withFolder { folder in
      let outcome = try executable.run(["graph", "--model", "unet", "--svg", "unet.svg"], in: folder)
      #expect(outcome.status == 0 && outcome.output == "unet.svg\n", "\(outcome)")
      let drawing = try #require(contents(of: folder)["unet.svg"])
      for text in ["down1.conv2", "conv 3x3 · batch norm · relu", "64x64x11"] { #expect(drawing.contains(text)) }
      #expect(XMLParser(data: Data(drawing.utf8)).parse())
    }
  }

  private func object(_ json: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }
}
