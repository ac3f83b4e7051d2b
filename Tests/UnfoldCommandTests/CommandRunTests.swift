import Foundation
import Testing

/// The commands from beginning to end, on data and shapes that take a second.
@Suite struct CommandRunTests {
  private let executable: Executable

  init() throws { executable = try Executable() }

  @Test func aModelIsTrainedSavedAndJudged() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let training = try executable.run(
        [
          "train", "--data", "data", "--class-names", "sky,ground", "--epochs", "3", "--batch", "16", "--augment",
          "flip,shift=1", "--schedule", "step", "--warmup", "2", "--json", "--output", "toy.safetensors",
        ], in: folder)
      #expect(training.status == 0, "\(training)")
      #expect(training.errors.contains("epoch 3/3  100 %"), "\(training.errors)")
      let lines = try training.output.split(separator: "\n").map { try object($0) }
      #expect(lines.map { $0["event"] as? String } == ["start", "epoch", "epoch", "epoch", "result"])
      let result = try #require(lines.last)
      let accuracy = try #require(result["testAccuracy"] as? Double)
      #expect(accuracy >= 0.9, "\(training.output)")
      #expect(result["modelFile"] as? String == "toy.safetensors")
      let names = try contents(of: folder).keys.sorted()
      #expect(names == ["data", "toy-confusion.svg", "toy-curves.svg", "toy.safetensors"])

      // What was saved is what was judged, and knows its classes and its normalisation.
      let evaluation = try executable.run(
        [
          "evaluate", "toy.safetensors", "--data", "data", "--batch", "16", "--json", "--svg", "again.svg", "--threads",
          "1",
        ], in: folder)
      #expect(evaluation.status == 0, "\(evaluation)")
      let report = try object(evaluation.output)
      #expect(report["accuracy"] as? Double == accuracy)
      #expect(report["loss"] as? Double == result["testLoss"] as? Double)
      let confusion = try #require(report["confusion"] as? [String: Any])
      #expect(confusion["labels"] as? [String] == ["sky", "ground"])
      #expect((confusion["counts"] as? [[Int]])?.joined().reduce(0, +) == 32)
      #expect(try contents(of: folder)["again.svg"]?.hasPrefix("<?xml") == true)
    }
  }

  @Test func aDetectorIsJudgedByTheScenesOfItsTraining() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let training = try executable.run(
        ["train", "--model", "detector", "--data", "data", "--epochs", "1", "--limit", "64", "--json"], in: folder)
      #expect(training.status == 0, "\(training)")
      let result = try object(try #require(training.output.split(separator: "\n").last))
      let evaluation = try executable.run(
        ["evaluate", "detector.safetensors", "--data", "data", "--json"], in: folder)
      #expect(evaluation.status == 0, "\(evaluation)")
      let report = try object(evaluation.output)
      #expect(report["images"] as? Int == 1000)
      for (name, trained) in [("accuracy", "testAccuracy"), ("loss", "testLoss"), ("overlap", "testOverlap")] {
        let value = try #require(report[name] as? Double, "\(name)")
        #expect(value == result[trained] as? Double, "\(name)")
      }
    }
  }

  @Test func theSameSeedGivesTheSameFileForAnyNumberOfThreads() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      for threads in [1, 2, 3, 8] {
        let outcome = try executable.run(
          [
            "train", "--data", "data", "--epochs", "1", "--batch", "20", "--threads", "\(threads)", "--output",
            "\(threads).safetensors", "--svg", "c.svg",
          ], in: folder)
        #expect(outcome.status == 0, "\(outcome)")
      }
      let models = try [1, 2, 3, 8].map { try Data(contentsOf: folder.appendingPathComponent("\($0).safetensors")) }
      #expect(Set(models).count == 1 && models.first?.isEmpty == false)
    }
  }

  @Test func tablesAreForPeople() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let outcome = try executable.run(["train", "--data", "data", "--epochs", "1"], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      for text in ["threads · OpenBLAS", "96 training and 32 test images", "true \\ predicted", "test accuracy"] {
        #expect(outcome.output.contains(text), "\(outcome.output)")
      }
      #expect(!(outcome.output + outcome.errors).contains("\u{1B}"))
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGXCPU]) func anInterruptedTrainingGoesOn(signal: Int32) throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"), training: 4000)
      let options = ["train", "--data", "data", "--epochs", "3", "--average", "0.9", "--output"]
      let undisturbed = try executable.run(options + ["whole.safetensors"], in: folder)
      #expect(undisturbed.status == 0, "\(undisturbed)")

      let outcome = try executable.run(
        options + ["toy.safetensors"], in: folder, interruptAfter: "epoch 1/3 ", signal: signal)
      #expect(outcome.status == 128 + signal, "\(outcome)")
      #expect(
        outcome.errorLines.last
          == "unfold: error: interrupted; what was done is saved in toy-checkpoints, continue with --resume",
        "\(outcome.errors)")
      let left = try contents(of: folder).keys.sorted()
      #expect(left == ["data", "toy-checkpoints", "whole-confusion.svg", "whole-curves.svg", "whole.safetensors"])

      let other = try executable.run(options + ["toy.safetensors", "--resume", "--seed", "2"], in: folder)
      #expect(other.status == 64 && other.errorLines.count == 1, "\(other)")
      #expect(other.errors.contains("--seed: expected 1, as in the checkpoint"), "\(other)")

      let resumed = try executable.run(options + ["toy.safetensors", "--resume"], in: folder)
      #expect(resumed.status == 0 && resumed.errors.contains("continuing from toy-checkpoints/step-"), "\(resumed)")
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("toy-checkpoints").path))
      let models = try ["whole", "toy"].map { try Data(contentsOf: folder.appendingPathComponent("\($0).safetensors")) }
      #expect(models[0] == models[1])
      // The curves of the epochs before the interruption are drawn again.
      let curves = try contents(of: folder)
      #expect(curves["toy-curves.svg"]?.contains("epoch 3 of 3") == true)
      #expect(curves["toy-curves.svg"] == curves["whole-curves.svg"])
    }
  }

  @Test func shapesAreChecked() throws {
    try withFolder { folder in
      let shapes = """
        mb2ic3ih9oc4oh5kh3sh2ph1n"stride"
        ic4id3ih5oc2od3oh5kd1kh1n"three axes"
        g4mb1ic4ih7oc4oh7kh3ph1n"depthwise"
        --deconv mb2ic3ih5oc2oh15kh9sh3ph4n"transposed"

        """
      try Data(shapes.utf8).write(to: folder.appendingPathComponent("shapes.txt"))
      let outcome = try executable.run(
        ["check", "--shapes", "shapes.txt", "--direction", "FWD_D,FWD_B,BWD_D,BWD_W,BWD_WB"], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.components(separatedBy: "shapes.txt:2: skipped").count == 2, "\(outcome.output)")
      #expect(outcome.output.split(separator: "\n").count { $0.hasSuffix("ok") } == 15, "\(outcome.output)")
      #expect(outcome.errors.isEmpty)
    }
  }

  @Test func shapesAreMeasured() throws {
    try withFolder { folder in
      try Data("mb2ic8ih9oc4oh9kh3ph1n\"small*3\"\n".utf8).write(to: folder.appendingPathComponent("shapes.txt"))
      let outcome = try executable.run(
        [
          "bench", "--shapes", "shapes.txt", "--seconds", "0.01", "--threads", "2", "--batch", "5", "--output",
          "out.json", "--json",
        ], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      let report = try object(try #require(contents(of: folder)["out.json"]))
      #expect(try object(outcome.output) as NSDictionary == report as NSDictionary, "printed and written")
      let samples = try #require(report["samples"] as? [[String: Any]])
      #expect(samples.map { $0["direction"] as? String } == ["FWD_B", "BWD_D", "BWD_W"])
      for sample in samples {
        #expect(sample["operations"] as? Double == 233_280, "2 N P Q K R S C")
        #expect(sample["occurrences"] as? Int == 3)
        let seconds = try #require(sample["seconds"] as? [Double])
        #expect(seconds.count >= 3 && seconds.allSatisfy { $0 > 0 })
      }
      #expect((report["machine"] as? [String: Any])?["openBLAS"] != nil)
      #expect(report["schema"] as? Int == 1 && report["kind"] as? String == "shapes")
      #expect(report["threads"] as? [Int] == [2] && samples.allSatisfy { $0["threads"] as? Int == 2 })
      #expect((report["summaries"] as? [Any])?.count == 3)
    }
  }

  @Test func memoryIsMeasuredForOneShape() throws {
    try withFolder { folder in
      try Data("mb2ic64ih56oc64oh56kh3ph1n\"one\"\n".utf8).write(to: folder.appendingPathComponent("shapes.txt"))
      let outcome = try executable.run(
        [
          "bench", "--shapes", "shapes.txt", "--seconds", "0.01", "--direction", "FWD_B", "--memory", "--output",
          "out.json",
        ], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      let report = try object(try #require(contents(of: folder)["out.json"]))
      let sample = try #require((report["samples"] as? [[String: Any]])?.first)
      let memory = try #require(sample["memory"] as? [String: Int])
      let tensors = 4 * (2 * 2 * 56 * 56 * 64 + 9 * 64 * 64 + 64)
      #expect(memory["tensors"] == tensors)
      let (peak, before) = (try #require(memory["peak"]), try #require(memory["before"]))
      #expect(peak >= before + tensors)
    }
  }

  @Test func theMachineIsDescribed() throws {
    try withFolder { folder in
      let outcome = try executable.run(["info", "--threads", "1", "--json"], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      let report = try object(outcome.output)
      let rate = try #require((report["rates"] as? [[String: Any]])?.first)
      let products = try #require(rate["matrixProducts"] as? Double)
      let peak = try #require(rate["fusedMultiplyAdds"] as? Double)
      #expect(products > 0 && peak > 0)
      #expect((report["warnings"] as? [String]) != nil)
    }
  }

  private func object(_ json: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }
}
