import Foundation
import Testing
import Unfold
import UnfoldNN

@testable import UnfoldCommand

/// `unfold accuracy` from beginning to end, on shapes and a model that take a second.
@Suite struct AccuracyCommandTests {
  private let executable: Executable
  private let arguments = [
    "--shapes", "net.txt", "other.txt", "--model", "toy.safetensors", "--data", "data", "--threads", "2",
  ]

  init() throws { executable = try Executable() }

  private func withInputs(_ body: (URL) throws -> Void) throws {
    try withFolder { folder in
      func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      // Two lines of one shape are one case.
      try write(
        """
        mb8ic6ih9oc5oh9kh3ph1n"net:one" mb2ic6ih9oc5oh9kh3ph1n"net:again"
        g4mb8ic4ih7oc4oh7kh3ph1n"net:depthwise"

        """, "net.txt")
      try write("mb8ic6ih9oc5oh9kh1n\"other:1x1\"\n", "other.txt")
      try write("# Accuracy\n<!-- errors -->\nold\n<!-- /errors -->\nmore\n", "accuracy.md")
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      var generator = SeededGenerator(seed: 3)
      let network: Network<Float> = try Architecture.vgg.network(input: [8, 8, 1], classes: 2, using: &generator)
      let card = try ModelCard(
        architecture: .vgg, inputShape: [8, 8, 1], classes: ["sky", "ground"], mean: [0.25], standardDeviation: [0.25])
      try TrainedModel(card: card, network: network).write(to: folder.appendingPathComponent("toy.safetensors").path)
      try body(folder)
    }
  }

  @Test func errorsArePrintedSavedAndDocumented() throws {
    try withInputs { folder in
      let outcome = try executable.run(
        ["accuracy"] + arguments + ["--output", "out.json", "--document", "accuracy.md"], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      let report = try self.report("out.json", in: folder)
      #expect(
        report.summaries.map { "\($0.data) \($0.shapes) \($0.family)" }
          == ["net 1 winograd", "toy, trained 4 winograd", "net 1 depthwise", "other 1 other"].flatMap { [$0, $0, $0] })
      #expect(
        report.samples.filter { $0.data == "toy, trained" }.map(\.name)
          == ["conv1", "conv2", "conv3", "conv4"]
          .flatMap { [$0, $0, $0] })
      for sample in report.samples {
        #expect(Set(sample.errors.keys) == Set(sample.family.algorithms.map(\.description)), "\(sample)")
        #expect(sample.errors.values.allSatisfy { 0 < $0.rms && $0.rms <= $0.worst && $0.worst < 1e-4 }, "\(sample)")
      }
      let page = try #require(contents(of: folder)["accuracy.md"])
      #expect(
        page.hasPrefix("# Accuracy\n<!-- errors -->\n### 3x3, 1x3 and 1x5 windows of stride 1\n\n| numbers"), "\(page)")
      #expect(page.hasSuffix("<!-- /errors -->\nmore\n") && !page.contains("\nold\n"), "\(page)")
      for text in ["Depthwise convolutions", "toy, trained", "input gradient", "winograd4"] {
        #expect(page.contains(text) && outcome.output.contains(text), "\(text): \(page)")
      }
    }
  }

  @Test func numbersAreExportedAndThePeersErrorsComeBack() throws {
    try withInputs { folder in
      let export = try executable.run(["accuracy"] + arguments + ["--export", "new/cases"], in: folder)
      #expect(export.status == 0 && export.output == "wrote 7 convolutions to new/cases\n", "\(export)")
      let cases = folder.appendingPathComponent("new/cases")
      #expect(try contents(of: cases).keys.sorted() == (0..<7).map { "\($0).safetensors" })
      let file = try SafetensorsFile(path: cases.appendingPathComponent("1.safetensors").path)
      #expect(
        file.metadata == [
          "data": "net", "name": "net:depthwise", "groups": "4", "stride": "1 1", "dilation": "1 1",
          "padding": "1 1 1 1", "shape": "[1, 7, 7, 4] by 4 filters of 3x3, padding 1+1 x 1+1, 4 groups",
        ])
      let geometry = try ConvolutionGeometry(input: [1, 7, 7, 4], filters: 4, window: 3, padding: 1, groups: 4)
      let tensors = try ConvolutionTensors(random: geometry)
      #expect(try file.tensor("input") == tensors.input && file.tensor("filter") == tensors.filter)
      #expect(try file.tensor("outputGradient") == tensors.outputGradient)

      // Of the model, the numbers of a second run are the same: what is measured is what was exported.
      let again = try executable.run(
        ["accuracy"] + arguments.dropLast(2) + ["--threads", "1", "--export", "again"], in: folder)
      #expect(again.status == 0, "\(again)")
      for number in 0..<7 {
        let files = try ["new/cases", "again"].map {
          try Data(contentsOf: folder.appendingPathComponent("\($0)/\(number).safetensors"))
        }
        #expect(files[0] == files[1], "\(number)")
      }

      let refused = try executable.run(["accuracy"] + arguments + ["--export", "again"], in: folder)
      #expect(refused.status == 1 && refused.errorLines.count == 1, "\(refused)")
      #expect(refused.errors.contains("again: expected an empty folder, found 7 files"), "\(refused)")

      let peer = """
        {"versions": {"pytorch": "9.8.7"}, "cases": [{"data": "other", "name": "other:1x1", "direction": "BWD_W",
          "shape": "[1, 9, 9, 6] by 5 filters of 1x1", "errors": {"pytorch": {"worst": 4.5e-5, "rms": 1.25e-6}}}]}
        """
      try Data(peer.utf8).write(to: folder.appendingPathComponent("peer.json"))
      let outcome = try executable.run(
        ["accuracy", "--shapes", "other.txt", "--peer", "peer.json", "--output", "out.json"], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      let report = try report("out.json", in: folder)
      #expect(report.versions == ["pytorch": "9.8.7"])
      #expect(report.samples.map { $0.errors["pytorch"]?.worst } == [nil, nil, 4.5e-5])
      #expect(outcome.output.contains("12.5 (450)") && outcome.output.contains("PyTorch, NCHW"), "\(outcome)")

      let strange = try executable.run(["accuracy", "--shapes", "net.txt", "--peer", "peer.json"], in: folder)
      #expect(
        strange.status == 1 && strange.errorLines.last?.contains("--peer: expected errors on") == true, "\(strange)")
    }
  }

  @Test func modelsWithoutSuchConvolutionsAreRefused() throws {
    try withInputs { folder in
      var generator = SeededGenerator(seed: 3)
      let network: Network<Float> = try Architecture.lenet.network(input: [8, 8, 1], classes: 2, using: &generator)
      let card = try ModelCard(
        architecture: .lenet, inputShape: [8, 8, 1], classes: ["sky", "ground"], mean: [0], standardDeviation: [1])
      try TrainedModel(card: card, network: network).write(to: folder.appendingPathComponent("net.safetensors").path)
      let outcome = try executable.run(["accuracy", "--model", "net.safetensors", "--data", "data"], in: folder)
      #expect(outcome.status == 1 && outcome.errorLines.count == 1 && outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.errors.contains("net.safetensors: expected 3x3 convolutions of stride 1"), "\(outcome)")
    }
  }

  private func report(_ name: String, in folder: URL) throws -> AccuracyReport {
    let json = try #require(contents(of: folder)[name])
    return try decodedJSON(Array(json.utf8), path: name, kind: "a report")
  }
}
