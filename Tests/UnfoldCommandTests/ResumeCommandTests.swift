import Foundation
import Testing
import UnfoldNN

@testable import UnfoldCommand

/// The command beside trainings that were interrupted.
@Suite struct ResumeCommandTests {
  private let executable: Executable
  private let options = ["train", "--data", "data", "--epochs", "3", "--output"]

  init() throws { executable = try Executable() }

  private func interrupted(_ arguments: [String], in folder: URL) throws {
    // As `timeout` does, which sends to the process and to its group.
    let outcome = try executable.run(arguments, in: folder, interruptAfter: "epoch 1/3 ", times: 3)
    #expect(outcome.status == 130, "\(outcome)")
    #expect(outcome.errors.hasSuffix("-checkpoints, continue with --resume\n"), "\(outcome)")
  }

  private func refused(_ arguments: [String], in folder: URL, status: Int32 = 1, says texts: String...) throws {
    let outcome = try executable.run(arguments, in: folder)
    #expect(outcome.status == status && outcome.errorLines.count == 1, "\(outcome)")
    for text in texts { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
  }

  @Test func aShortTrainingLeavesAnInterruptedOneAlone() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"), training: 4000)
      let whole = try executable.run(options + ["whole.safetensors"], in: folder)
      #expect(whole.status == 0, "\(whole)")
      try interrupted(options + ["toy.safetensors"], in: folder)
      let checkpoints = try contents(of: folder.appendingPathComponent("toy-checkpoints"))
      let short = ["train", "--data", "data", "--limit", "64", "--epochs", "1", "--output"]
      try refused(
        short + ["toy.safetensors"], in: folder, says: "toy-checkpoints", "--resume", "--discard", "--checkpoints")
      try refused(
        short + ["toy.safetensors", "--checkpoints", "other"], in: folder, says: "toy-checkpoints", "--output")
      try refused(short + ["other.safetensors", "--checkpoints", "toy-checkpoints"], in: folder, says: "--resume")
      let other = try executable.run(short + ["other.safetensors"], in: folder)
      #expect(other.status == 0, "\(other)")
      #expect(try contents(of: folder.appendingPathComponent("toy-checkpoints")) == checkpoints)
      #expect(try contents(of: folder)["toy.safetensors"] == nil)

      let resumed = try executable.run(options + ["toy.safetensors", "--resume"], in: folder)
      #expect(resumed.status == 0, "\(resumed)")
      let models = try ["whole", "toy"].map { try Data(contentsOf: folder.appendingPathComponent("\($0).safetensors")) }
      #expect(models[0] == models[1])

      // What is discarded is gone.
      try interrupted(options + ["toy.safetensors"], in: folder)
      let discarding = try executable.run(short + ["toy.safetensors", "--discard"], in: folder)
      #expect(discarding.status == 0, "\(discarding)")
      #expect(try contents(of: folder)["toy-checkpoints"] == nil)
    }
  }

  @Test func aFinishedTrainingDoesNotBeginAgain() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let model = folder.appendingPathComponent("toy.safetensors")
      let arguments = options + ["toy.safetensors", "--resume"]
      // Nothing to go on from, and no model: a training begins.
      let first = try executable.run(arguments, in: folder)
      #expect(first.status == 0 && first.errors.contains("training begins at its beginning"), "\(first)")
      let (before, result) = (try contents(of: folder), try Data(contentsOf: model))
      try refused(
        arguments, in: folder, status: 64,
        says: "--resume: expected a training that is not finished, found toy.safetensors", "without --resume",
        "--output")
      #expect(try contents(of: folder) == before)

      // Other options are another training, whose model takes the place of the first.
      let other = try executable.run(arguments + ["--seed", "2"], in: folder)
      #expect(other.status == 0 && other.errors.contains("training begins at its beginning"), "\(other)")
      #expect(try Data(contentsOf: model) != result)
      let again = try executable.run(options + ["toy.safetensors"], in: folder)
      #expect(again.status == 0, "\(again)")
      #expect(try Data(contentsOf: model) == result)

      // A model of an older version does not say what made it.
      let file = try SafetensorsFile(path: model.path)
      var old = file
      for key in ["unfold.training", "unfold.facts"] {
        #expect(file.metadata[key] != nil)
        old.metadata[key] = nil
      }
      try old.write(to: model.path)
      let replaced = try executable.run(arguments, in: folder)
      #expect(replaced.status == 0, "\(replaced)")
      #expect(try Data(contentsOf: model) == result)
    }
  }

  @Test func otherDataAndClassesAreNoticed() throws {
    try withFolder { folder in
      let data = folder.appendingPathComponent("data")
      try ToyImages.write(to: data, training: 4000)
      let arguments = options + ["toy.safetensors", "--class-names", "sky,ground"]
      try interrupted(arguments, in: folder)
      let resume = arguments + ["--resume"]

      func changed(_ file: String, at place: Int, _ body: () throws -> Void) throws {
        let url = data.appendingPathComponent(file)
        let before = try Data(contentsOf: url)
        var after = before
        after[place] ^= 1
        try after.write(to: url)
        try body()
        try before.write(to: url)
      }
      try changed("train-labels-idx1-ubyte", at: 3000) {
        try refused(
          resume, in: folder, says: "training data: expected 4000 samples", "checksum", "toy-checkpoints/step-")
      }
      try changed("t10k-images-idx3-ubyte", at: 200) { try refused(resume, in: folder, says: "test data", "checksum") }
      var names = resume
      names[names.count - 2] = "ground,sky"
      try refused(names, in: folder, says: "classes", "sky")
      try refused(resume + ["--seed", "2"], in: folder, status: 64, says: "--seed: expected 1, as in the checkpoint")

      // Where the same data lie does not matter.
      try FileManager.default.moveItem(at: data, to: folder.appendingPathComponent("moved"))
      var moved = resume
      moved[2] = "moved"
      let resumed = try executable.run(moved, in: folder)
      #expect(resumed.status == 0 && resumed.errors.contains("continuing from"), "\(resumed)")
    }
  }

  @Test func aCheckpointOfAnOlderVersionGoesOnWithAWarning() throws {
    let fingerprint = TrainingFingerprint(options: ["seed": "1"], facts: ["classes": "a,b"])
    var file = SafetensorsFile()
    file.metadata = fingerprint.metadata
    #expect(try fingerprint.requireSame(as: file, path: "p").isEmpty)
    file.metadata["unfold.facts"] = nil
    let warnings = try fingerprint.requireSame(as: file, path: "p")
    #expect(warnings.count == 1 && warnings[0].contains("p does not say what data"))
    let slower = TrainingFingerprint(options: ["seed": "1"], facts: ["classes": "a,b", "learning rate": "0.1"])
    file.metadata = fingerprint.metadata
    let error = #expect(throws: CommandError.self) { try slower.requireSame(as: file, path: "p") }
    #expect(error == .unexpected("learning rate", expected: "nothing, as in the checkpoint p", found: "0.1"))
    file.metadata["unfold.training"] = nil
    #expect(throws: CommandError.self) { try fingerprint.requireSame(as: file, path: "p") }
  }

  @Test func picturesAndTheirFoldersAreForModelsThatHaveThem() throws {
    try withFolder { folder in
      try executable.trainToy(in: folder)
      let before = try contents(of: folder)
      let show = ["show", "toy.safetensors"]
      for (arguments, text) in [
        (["--only", "filters", "--image", "1"], "--image"), (["--only", "filters", "--node", "act1"], "--node"),
        (["--only", "maps,filters", "--count", "5"], "--count"), (["--only", "filters", "--data", "data"], "--data"),
        (["--only", "filters", "--rotated"], "--rotated"), (["--only", "scenes"], "lenet"),
        (["--only", "maps", "--data", "data", "--folder", "new/a", "--image", "1000"], "--image"),
        (["--only", "maps", "--data", "data", "--folder", "new/a", "--node", "sea"], "--node"),
      ] {
        try refused(show + arguments, in: folder, status: 64, says: text)
        #expect(try contents(of: folder) == before, "\(arguments)")
      }
      try refused(show + ["--data", "nowhere", "--folder", "new/a"], in: folder, says: "nowhere")
      // The filters, which need no images, were drawn by then.
      #expect(try contents(of: folder.appendingPathComponent("new/a")).keys.sorted() == ["toy-filters.png"])
    }
  }
}
