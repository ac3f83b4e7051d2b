import Foundation
import Testing
import Unfold

@testable import UnfoldNN

/// The exchange of files with torchvision, see `Tests/Fixtures/generate_torchvision.py`.
@Suite struct TorchvisionTests {
  private static func graph(_ model: String) throws -> Graph {
    let input: Shape = [224, 224, 3]
    return switch model {
    case "vgg16_bn": try VGG.vgg16.graph(input: input, classes: 1000, isNormalized: true)
    case "resnext50_32x4d": try Architecture.resnext50.graph(input: input, classes: 1000)
    case "mobilenet_v2": try Architecture.mobileNetV2.graph(input: input, classes: 1000)
    case "mobilenet_v3_large": try Architecture.mobileNetV3.graph(input: input, classes: 1000)
    case "efficientnet_b0": try Architecture.efficientNetB0.graph(input: input, classes: 1000)
    case "convnext_tiny": try Architecture.convNeXtTiny.graph(input: input, classes: 1000)
    case "squeezenet1_1": try Architecture.squeezenet.graph(input: input, classes: 1000)
    case "fcn_resnet50": try Architecture.fcn.graph(input: input, classes: 21)
    case "deeplabv3_resnet50": try Architecture.deepLabV3.graph(input: input, classes: 21)
    case "inception_v3": try Architecture.inceptionV3.graph(input: [299, 299, 3], classes: 1000)
    case "shufflenet_v2_x1_0": try Architecture.shuffleNetV2.graph(input: input, classes: 1000)
    default: try Architecture(named: model).graph(input: input, classes: 1000)
    }
  }

  @Test(arguments: [
    "vgg11", "vgg16_bn", "resnet18", "resnet50", "densenet121", "resnext50_32x4d", "mobilenet_v2",
    "mobilenet_v3_large", "efficientnet_b0", "convnext_tiny", "squeezenet1_1", "shufflenet_v2_x1_0", "inception_v3",
    "fcn_resnet50", "deeplabv3_resnet50",
  ])
  func namesAndShapesAreTorchvisions(model: String) throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/torchvision.json")
    let models = try JSONDecoder().decode([String: [String: [Int]]].self, from: Data(contentsOf: path))
    // Without the second classifier that torchvision's Inception has for its training.
    let expected = try #require(models[model]).filter {
      !$0.key.hasSuffix(".num_batches_tracked") && !$0.key.hasPrefix("AuxLogits.")
    }
    let graph = try Self.graph(model)
    var found: [String: [Int]] = [:]
    for index in graph.nodes.indices {
      for parameter in graph.parameters(of: index) {
        let shape = parameter.shape.extents
        // Filters [R, S, C, K] are [K, C, R, S] there, weights [D, K] are [K, D].
        let theirs =
          switch parameter.role {
          case .filter, .transposedFilter: [shape[3], shape[2], shape[0], shape[1]]
          case .weights: [shape[1], shape[0]]
          case .pointwiseWeights: [shape[3], shape[2]]
          case .factor: shape + [1, 1]
          case .bias, .scale, .statistic: shape
          }
        found["\(graph.nodes[index].name).\(parameter.name)"] = theirs
      }
    }
    #expect(Set(found.keys).symmetricDifference(expected.keys).sorted() == [])
    for (name, shape) in expected { #expect(found[name] == shape, "\(name)") }
  }

  /// The values, from the files of `Tests/Fixtures/write_torchvision.py`.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["UNFOLD_TORCHVISION_CHECK"] != nil))
  func logitsAreTorchvisions() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["UNFOLD_TORCHVISION_CHECK"])
    for model in ["vgg11", "resnet18", "densenet121"] {
      var generator = SeededGenerator(seed: 1)
      let network = try Network<Float>(Self.graph(model), using: &generator)
      try network.load(SafetensorsFile(path: "\(folder)/\(model).safetensors"))
      let expectedFile = try SafetensorsFile(path: "\(folder)/\(model)-logits.safetensors")
      let logits = try network.forward(Tensor(nchw: expectedFile.tensor("images")))
      let expected: Tensor<Float> = try expectedFile.tensor("logits")
      let scale = expected.elements.reduce(0) { max($0, abs($1)) }
      let worst = zip(logits.elements, expected.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(worst < 1e-4 * scale, "\(model): \(worst) of \(scale)")
    }
  }

  private func network(seed: UInt64) throws -> Network<Float> {
    var generator = SeededGenerator(seed: seed)
    return try Architecture.resnet.network(input: [8, 8, 1], classes: 3, using: &generator)
  }

  /// A file as PyTorch writes it: an integer of 64 bits for each batch normalisation, without axes.
  private func pyTorchFile(_ network: Network<Float>, counts: [String]) throws -> SafetensorsFile {
    let file = try network.modelFile()
    let counted = counts.enumerated().map { index, name in
      ",\"\(name)\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[\(8 * index),\(8 * index + 8)]}"
    }
    // The counts first, so that the tensors behind them move.
    var entries: [String] = []
    for (name, entry) in file.header.tensors {
      let (start, end) = (entry.bytes.lowerBound + 8 * counts.count, entry.bytes.upperBound + 8 * counts.count)
      entries.append(
        "\"\(name.text)\":{\"dtype\":\"F32\",\"shape\":\(entry.shape),\"data_offsets\":[\(start),\(end)]}")
    }
    let bytes = try file.bytes()
    let length = try SafetensorsHeader.length(prefix: bytes, fileBytes: bytes.count)
    let header = "{" + entries.joined(separator: ",") + counted.joined() + "}"
    let numbers = counts.flatMap { _ in [5, 0, 0, 0, 0, 0, 0, 0] as [UInt8] }
    return try SafetensorsFile(bytes: safetensors(header, data: numbers + Array(bytes[(8 + length)...])))
  }

  @Test func theBatchesThatANormalisationHasSeenAreIgnored() throws {
    let (source, target) = (try network(seed: 1), try network(seed: 2))
    let file = try pyTorchFile(
      source, counts: ["bn1.num_batches_tracked", "layer2.0.downsample.1.num_batches_tracked"])
    #expect(file.shape(of: "bn1.num_batches_tracked") == [])
    try target.load(file)
    for (one, other) in zip(source.parameters, target.parameters) { #expect(one.value == other.value, "\(one.name)") }
    // Beside no normalisation it is a tensor like others.
    for name in ["num_batches_tracked", "fc.num_batches_tracked", "bn9.num_batches_tracked", "bn1.batches"] {
      let file = try pyTorchFile(source, counts: [name])
      #expect(throws: ModelFileError.unexpectedTensor(name)) { try target.load(file) }
    }
  }

  @Test func filesWithTheNamesOfEarlierVersionsAreRead() throws {
    // 13 convolutions and 3 dense layers: vgg16's, whose weights would be too large for a test.
    let places = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
    var today: [String] = []
    for place in places { today += ["features.\(place).weight", "features.\(place).bias"] }
    for place in [0, 3, 6] { today += ["classifier.\(place).weight", "classifier.\(place).bias"] }
    let names = Architecture.vgg16.namesSinceRenaming(of: today)
    var earlier: [String] = []
    for number in 1...13 { earlier += ["conv\(number).weight", "conv\(number).bias"] }
    for number in 1...3 { earlier += ["fc\(number).weight", "fc\(number).bias"] }
    #expect(names.count == 32)
    for (old, new) in zip(earlier, today) { #expect(names[FileName(old)] == new) }

    var file = SafetensorsFile()
    for (index, name) in earlier.enumerated() { try file.append(name, Tensor<Float>([Float(index)], shape: [1])) }
    let renamed = file.renamed(names)
    #expect(renamed.names == today.sorted())
    for (index, name) in today.enumerated() { #expect(try renamed.tensor(name).elements == [Float(index)], "\(name)") }
    // A file of today is left as it is, and so are networks that were not renamed.
    #expect(renamed.renamed(names).names == renamed.names)
    #expect(Architecture.vgg.namesSinceRenaming(of: ["conv1.weight"]).isEmpty)
    #expect(Architecture.resnet18.namesSinceRenaming(of: ["conv1.weight"]).isEmpty)
  }
}
