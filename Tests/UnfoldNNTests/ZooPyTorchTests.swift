import Foundation
import Testing
import Unfold

@testable import UnfoldNN

/// Outputs and gradients of whole networks beside torchvision's, in `Double` and with the same weights: see
/// `Tests/Fixtures/generate_zoo.py`. The weights follow from their names, so that no file has to hold them.
@Suite struct ZooPyTorchTests {
  struct Fixture: Decodable {
    let size: Int
    let inference, training: [Double]
    /// Of a gradient its length and its product with numbers of the formula; so too of the running averages.
    let images: [Double]
    let averages, gradients: [String: [Double]]

    static func all() throws -> [String: Fixture] {
      let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/zoo.json")
      return try JSONDecoder().decode([String: Fixture].self, from: Data(contentsOf: path))
    }
  }

  /// A network of the zoo without what is random in training.
  private static func graph(_ name: String, _ input: Shape) throws -> Graph {
    switch name {
    case "resnext50_32x4d": return try ResNet.resNeXt50.graph(input: input, classes: 5)
    case "mobilenet_v2": return try MobileNetV2(dropout: 0).graph(input: input, classes: 5)
    case "mobilenet_v3_large":
      return try MobileNetV3(blocks: MobileNetV3.large.blocks, dropout: 0).graph(input: input, classes: 5)
    case "efficientnet_b0":
      return try EfficientNet(stages: EfficientNet.b0.stages, dropout: 0).graph(input: input, classes: 5)
    case "convnext_tiny": return try ConvNeXt.tiny.graph(input: input, classes: 5)
    case "squeezenet1_1": return try SqueezeNet(dropout: 0).graph(input: input, classes: 5)
    case "fcn_resnet50":
      return try DilatedSegmenter(head: .convolutions, drops: false).graph(input: input, classes: 5)
    case "deeplabv3_resnet50":
      return try DilatedSegmenter(head: DilatedSegmenter.deepLabV3.head, drops: false)
        .graph(input: input, classes: 5)
    case "inception_v3": return try InceptionV3(dropout: 0).graph(input: input, classes: 5)
    case "shufflenet_v2_x1_0": return try ShuffleNetV2.width1.graph(input: input, classes: 5)
    default: throw ModelError.unknownModel(name, known: [])
    }
  }

  /// Numbers in [-1, 1): SplitMix64 whose seed is the FNV-1a hash of a name.
  private func uniform(_ name: String, _ shape: Shape) throws -> Tensor<Double> {
    var seed: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return try Tensor(shape: shape) { index in
      var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      z ^= z >> 31
      return Double(z >> 11) * 0x1p-52 - 1
    }
  }

  /// The value of a parameter in a file, by its name and shape.
  private func weight(_ name: String, _ shape: Shape) throws -> Tensor<Double> {
    let numbers = try uniform(name, shape)
    let (start, factor) =
      if shape.rank == 2 || shape.rank == 4 {
        (0.0, (6 / Double(numbers.count / shape[0])).squareRoot())
      } else if name.hasSuffix("running_var") || name.hasSuffix("layer_scale") {
        (1.0, 0.5)
      } else {
        name.hasSuffix("weight") ? (1.0, 0.2) : (0.0, 0.1)
      }
    return try Tensor(numbers.elements.map { start + factor * $0 }, shape: shape)
  }

  /// Expects outputs to be PyTorch's, one by one, or those of pixels as they are recorded.
  private func expect(_ found: Tensor<Double>, _ expected: [Double], _ name: String, of model: String) throws {
    if found.shape.rank == 4 {
      return try expect(found.nchw(), asRecorded: expected, name, of: model)
    }
    let scale = expected.reduce(0) { max($0, abs($1)) }
    #expect(found.count == expected.count && scale > 0, "\(name)")
    let worst = zip(found.elements, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(worst <= 1e-9 * scale, "\(model) \(name): \(worst) of \(scale)")
  }

  /// Expects a tensor in a file's layout to have the length and the product that PyTorch's has.
  private func expect(_ found: Tensor<Double>, asRecorded record: [Double]?, _ name: String, of model: String) throws {
    let record = try #require(record, "\(model) \(name)")
    let direction = try uniform(name + ":direction", found.shape)
    let length = found.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let product = zip(found.elements, direction.elements).reduce(0) { $0 + $1.0 * $1.1 }
    // A gradient that is zero but for roundings, as that of a bias before a normalisation, has no digits. PyTorch rounds the
    // sixth in the gradient of the hard sigmoid to Float in double precision too.
    let bound = (model == "mobilenet_v3_large" ? 2e-7 : 1e-8) * max(record[0], 1e-4)
    #expect(abs(length - record[0]) <= bound, "\(model) \(name): length \(length), not \(record[0])")
    #expect(abs(product - record[1]) <= bound, "\(model) \(name): product \(product), not \(record[1])")
  }

  @Test(arguments: [
    "resnext50_32x4d", "mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0", "convnext_tiny", "squeezenet1_1",
    "shufflenet_v2_x1_0", "inception_v3", "fcn_resnet50", "deeplabv3_resnet50",
  ]) func agreesWithTorchvision(model: String) throws {
    let fixture = try #require(try Fixture.all()[model])
    let size = fixture.size
    var generator = SeededGenerator(seed: 1)
    let network = try Network<Double>(
      Self.graph(model, [size, size, 3]), needsInputGradients: true, using: &generator)
    var file = SafetensorsFile()
    for parameter in network.parameters {
      try file.append(parameter.name, weight(parameter.name, parameter.fileShape))
    }
    try network.load(file)

    let numbers = try uniform("images", [2, 3, size, size])
    let images = try Tensor(nchw: Tensor(numbers.elements.map { 2 * $0 }, shape: numbers.shape))
    try expect(network.forward(images), fixture.inference, "inference", of: model)
    try network.run(images, mode: .training)
    try network.withOutput(0) { (logits) in try expect(logits, fixture.training, "training", of: model) }
    let slopes =
      network.outputShape.rank == 3
      ? try Tensor(nchw: uniform("logits", [2, 5, size, size])) : try uniform("logits", [2, 5])
    try network.backward(slopes)

    let inputGradient = try network.inputGradient().nchw()
    try expect(inputGradient, asRecorded: fixture.images, "images", of: model)
    let trained = network.parameters.filter(\.role.isTrained)
    #expect(Set(trained.map(\.name)) == Set(fixture.gradients.keys), "\(model)")
    for parameter in trained {
      // The gradient has the parameter's layout: as its value it is brought to that of the file.
      let gradient = try Parameter(parameter.name, role: parameter.role, value: parameter.gradient)
      try expect(gradient.fileValue(), asRecorded: fixture.gradients[parameter.name], parameter.name, of: model)
    }
    for parameter in network.parameters where !parameter.role.isTrained {
      try expect(parameter.value, asRecorded: fixture.averages[parameter.name], parameter.name, of: model)
    }
  }
}
