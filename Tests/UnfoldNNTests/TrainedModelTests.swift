import Foundation
import Testing
import Unfold

@testable import UnfoldNN

@Suite struct TrainedModelTests {
  private func model(seed: UInt64 = 1, _ architecture: Architecture = .lenet) throws -> TrainedModel<Float> {
    var generator = SeededGenerator(seed: seed)
    let card = try ModelCard(
      architecture: architecture, inputShape: [8, 12, 2], classes: ["T-shirt/top", "say \"é\"", "c"],
      mean: [0.25, 0.1],
      standardDeviation: [0.5, 1.0 / 3])
    let network: Network<Float> = try architecture.network(input: card.inputShape, classes: 3, using: &generator)
    // Biases that are all zero would hide a mistake.
    for parameter in network.parameters where parameter.role == .bias {
      parameter.value = try Tensor(shape: parameter.value.shape) { _ in generator.normal() }
    }
    return TrainedModel(card: card, network: network)
  }

  @Test(arguments: [Architecture.lenet, .vgg, .resnet, .densenet, .detector])
  func aModelIsRebuiltFromItsFileAlone(architecture: Architecture) throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("m.safetensors")
    let model = try model(architecture)
    try model.write(to: path)
    let other = try TrainedModel<Float>(path: path)
    #expect(other.card == model.card)
    for (one, two) in zip(model.network.parameters, other.network.parameters) {
      #expect(one.name == two.name && one.value == two.value, "\(one.name)")
    }
    var generator = SeededGenerator(seed: 5)
    let images = try Tensor<Float>(shape: [3, 8, 12, 2]) { _ in generator.normal() }
    #expect(try model.network.forward(images) == other.network.forward(images))
  }

  @Test func namesAndLayoutsArePyTorchs() throws {
    let network = try model().network
    let file = try network.modelFile()
    #expect(file.shape(of: "conv1.weight") == [32, 2, 5, 5])
    #expect(file.shape(of: "conv2.weight") == [64, 32, 5, 5])
    #expect(file.shape(of: "fc1.weight") == [128, 384])
    #expect(file.shape(of: "fc2.weight") == [3, 128])
    #expect(file.shape(of: "fc2.bias") == [3])
    let conv = try file.tensor("conv2.weight", of: Float.self)
    let filter = network.parameters[2].value
    #expect(conv[63, 31, 4, 0] == filter[4, 0, 31, 63])
    // The map before the first dense layer is [2, 3, 64]: row 1, column 2, channel 5 is its element (1 * 3 + 2) * 64 + 5,
    // and PyTorch's 5 * 6 + 1 * 3 + 2.
    let dense = try file.tensor("fc1.weight", of: Float.self)
    let weights = network.parameters[4].value
    #expect(dense[17, 5 * 6 + 1 * 3 + 2] == weights[(1 * 3 + 2) * 64 + 5, 17])
    let last = try file.tensor("fc2.weight", of: Float.self)
    #expect(last[2, 100] == network.parameters[6].value[100, 2])
  }

  @Test func otherTensorsThanTheNetworksAreRefusedAndChangeNothing() throws {
    let network = try model(seed: 2).network
    let before = network.parameters.map(\.value.elements)
    func load(_ change: (inout SafetensorsFile, Parameter<Float>) throws -> Void) throws {
      var file = SafetensorsFile()
      for parameter in try model().network.parameters { try change(&file, parameter) }
      try network.load(file)
    }
    func add(_ file: inout SafetensorsFile, _ parameter: Parameter<Float>) throws {
      try file.append(parameter.name, parameter.fileValue())
    }
    #expect(throws: ModelFileError.missingTensor("fc1.bias")) {
      try load { if $1.name != "fc1.bias" { try add(&$0, $1) } }
    }
    #expect(throws: ModelFileError.unexpectedTensor("conv3.bias")) {
      try load { file, parameter in
        try add(&file, parameter)
        if parameter.name == "fc1.bias" { try file.append("conv3.bias", parameter.value) }
      }
    }
    #expect(throws: ModelFileError.wrongShape(tensor: "fc2.weight", expected: [3, 128], found: [128, 3])) {
      try load { file, parameter in
        if parameter.name == "fc2.weight" {
          try file.append(parameter.name, parameter.value)
        } else {
          try add(&file, parameter)
        }
      }
    }
    #expect(throws: ModelFileError.wrongType(tensor: "fc2.bias", expected: "F32 or F16 or BF16", found: "F64")) {
      try load { file, parameter in
        if parameter.name == "fc2.bias" {
          try file.append(parameter.name, parameter.value.converted(to: Double.self))
        } else {
          try add(&file, parameter)
        }
      }
    }
    #expect(network.parameters.map(\.value.elements) == before)
    try load(add)
    #expect(network.parameters.map(\.value.elements) != before)
  }

  /// Networks without a dense layer after maps have few weights, whatever the size of their input.
  @Test(arguments: [Architecture.invariant, .densenet, .resnet, .unet])
  func imagesMayHaveMorePixelsThanTheNetworkHasWeights(_ architecture: Architecture) throws {
    var generator = SeededGenerator(seed: 3)
    let card = try ModelCard(
      architecture: architecture, inputShape: [1024, 1024, 1], classes: ["a", "b"], mean: [0], standardDeviation: [1])
    let network: Network<Float> = try architecture.network(input: card.inputShape, classes: 2, using: &generator)
    #expect(network.parameterCount < 1024 * 1024)
    let model = TrainedModel(card: card, network: network)
    var file = try model.network.modelFile()
    file.metadata = card.metadata
    let read = try TrainedModel<Float>(file: file)
    #expect(read.network.parameters.map(\.value.elements) == network.parameters.map(\.value.elements))
  }

  @Test func weightsThatAreNotFiniteAreNeitherWrittenNorRead() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("m.safetensors")
    let model = try model()
    try model.write(to: path)
    let before = try Data(contentsOf: URL(filePath: path))
    model.network.parameters[7].value[1] = .infinity
    #expect(throws: ModelFileError.nonFiniteValue(tensor: "fc2.bias", index: 1)) { try model.write(to: path) }
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    // The last four bytes are the last element of the last tensor.
    var bytes = [UInt8](before)
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xc0, 0x7f])
    #expect(throws: ModelFileError.nonFiniteValue(tensor: "fc2.bias", index: 2)) {
      try TrainedModel<Float>(file: SafetensorsFile(bytes: bytes))
    }
  }

  @Test func metadataThatDescribesNoModelIsRefused() throws {
    let model = try model()
    var file = try model.network.modelFile()
    let good = model.card.metadata
    #expect(good["unfold.model"] == "lenet")
    #expect(good["unfold.input"] == "[8,12,2]")
    for (key, value): (String, String?) in [
      ("unfold.model", nil), ("unfold.model", "alexnet"), ("unfold.input", "[8,12]"), ("unfold.input", "8"),
      ("unfold.input", "[0,12,2]"), ("unfold.input", "[1000000,1000000,2]"), ("unfold.input", "[2,2,2]"),
      ("unfold.input", "[9223372036854775807,9223372036854775807,2]"), ("unfold.classes", "[]"),
      ("unfold.classes", nil), ("unfold.classes", "[1,2,3]"), ("unfold.mean", "[1]"), ("unfold.mean", "[1,1e999]"),
      ("unfold.input", "[8.0,12,2]"), ("unfold.input", "[8,12,2,]"), ("unfold.input", "[8,12,2] 1"),
      ("unfold.input", "[8,12,-2]"), ("unfold.mean", "[1,nan]"), ("unfold.mean", "[1,.5]"),
      ("unfold.classes", "[\"a\",\"b\",\"c\",]"), ("unfold.classes", "[\"a\",\"b\",\"\\ud800\"]"),
      ("unfold.standard_deviation", "[1,0]"), ("unfold.standard_deviation", "[1,-1]"),
      ("unfold.standard_deviation", nil),
    ] {
      file.metadata = good
      file.metadata[key] = value
      #expect("\(key) = \(value ?? "nothing")") {
        try TrainedModel<Float>(file: file)
      } throws: { error in
        guard case .invalidMetadata? = error as? ModelFileError else { return false }
        return true
      }
    }
    file.metadata = good
    _ = try TrainedModel<Float>(file: file)
  }

  /// Writes a model, images and the logits that the network gives for them, so that `Tests/Fixtures/check_safetensors.py`
  /// can hold them against PyTorch.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["UNFOLD_PYTORCH_CHECK"] != nil))
  func filesForPyTorchAreWritten() throws {
    let directory = try #require(ProcessInfo.processInfo.environment["UNFOLD_PYTORCH_CHECK"])
    for architecture in [Architecture.lenet, .vgg] {
      let model = try model(architecture)
      try model.write(to: "\(directory)/\(architecture.rawValue).safetensors")
      var generator = SeededGenerator(seed: 5)
      let images = try Tensor<Float>(shape: [5, 8, 12, 2]) { _ in generator.normal() }
      var file = SafetensorsFile()
      try file.append("images", images.nchw())
      try file.append("logits", model.network.forward(images))
      try file.write(to: "\(directory)/\(architecture.rawValue)-logits.safetensors")
    }
  }
}
