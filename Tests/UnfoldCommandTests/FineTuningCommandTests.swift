import Foundation
import Testing
import Unfold
import UnfoldNN

/// `train --from` and the options that go with it.
@Suite struct FineTuningCommandTests {
  private let executable: Executable

  init() throws { executable = try Executable() }

  private func tensors(_ folder: URL, _ name: String) throws -> [String: [Float]] {
    let file = try SafetensorsFile(path: folder.appendingPathComponent(name).path)
    return Dictionary(uniqueKeysWithValues: try file.names.map { ($0, try file.tensor($0, of: Float.self).elements) })
  }

  @Test func aTrainingGoesOnFromAnothersWeights() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let first = try executable.run(
        [
          "train", "--model", "resnet", "--data", "data", "--epochs", "1", "--batch", "32", "--output", "a.safetensors",
        ],
        in: folder)
      #expect(first.status == 0, "\(first)")
      // The same classes, so that the head is taken too; the network is that of the file.
      let second = try executable.run(
        [
          "train", "--from", "a.safetensors", "--data", "data", "--epochs", "1", "--batch", "32", "--freeze",
          "layer1.*",
          "--freeze", "*.bn?.*", "--rate-factor", "fc.*=0", "--output", "b.safetensors",
        ], in: folder)
      #expect(second.status == 0, "\(second)")
      #expect(second.errors.contains("parameters from a.safetensors"), "\(second.errors)")
      #expect(!second.errors.contains("new classifier"), "\(second.errors)")
      let (before, after) = (try tensors(folder, "a.safetensors"), try tensors(folder, "b.safetensors"))
      #expect(before.keys.sorted() == after.keys.sorted())
      for (name, value) in before {
        let isFixed = name.hasPrefix("layer1.") || name.contains(/\.bn.\./) || name.hasPrefix("fc.")
        #expect((after[name] == value) == isFixed, "\(name)")
      }

      // Other names of classes are other classes.
      let third = try executable.run(
        [
          "train", "--from", "a.safetensors", "--data", "data", "--class-names", "sky,ground", "--epochs", "1",
          "--batch",
          "32", "--body-rate", "0", "--output", "c.safetensors",
        ], in: folder)
      #expect(third.status == 0, "\(third)")
      #expect(third.errors.contains("a new classifier for 2 classes (fc.weight, fc.bias)"), "\(third.errors)")
      let other = try tensors(folder, "c.safetensors")
      for (name, value) in before where !name.contains("running") {
        #expect((other[name] == value) == !name.hasPrefix("fc."), "\(name)")
      }
    }
  }

  @Test(arguments: [
    ("--from gone.safetensors", 1, "gone.safetensors: cannot open"),
    ("--from data/train-labels-idx1-ubyte", 1, "it is not a safetensors file"),
    ("--freeze conv9.*", 64, "--freeze: expected a pattern of names such as conv1.weight, found conv9.*"),
    ("--freeze *", 64, "--freeze: expected parameters that are left to train, found none"),
    ("--rate-factor fc1.weight", 64, "--rate-factor: expected PATTERN=FACTOR"),
    ("--rate-factor fc1.*=-1", 64, "--rate-factor: expected 0 to 1000, found -1.0"),
    ("--body-rate 0.5", 64, "--body-rate: expected --from beside it"),
  ])
  func mistakesAreOneLine(options: String, status: Int32, message: String) throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let before = try contents(of: folder).keys.sorted()
      let outcome = try executable.run(
        ["train", "--data", "data", "--epochs", "1"] + options.split(separator: " ").map(String.init), in: folder)
      #expect(outcome.status == status && outcome.output == "", "\(outcome)")
      #expect(outcome.errorLines.count == 1 && outcome.errors.contains(message), "\(outcome.errors)")
      #expect(try contents(of: folder).keys.sorted() == before)
    }
  }

  @Test func weightsOfAnotherNetworkAreRefusedByTheirFirstTensor() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      var generator = SeededGenerator(seed: 1)
      let network: Network<Float> = try Architecture.lenet.network(input: [8, 8, 1], classes: 2, using: &generator)
      try network.modelFile().write(to: folder.appendingPathComponent("w.safetensors").path)
      let outcome = try executable.run(
        ["train", "--model", "vgg", "--from", "w.safetensors", "--data", "data", "--epochs", "1"], in: folder)
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("w.safetensors: tensor conv1.weight: expected shape"), "\(outcome.errors)")
    }
  }
}
