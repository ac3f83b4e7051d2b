import Foundation
import Testing
import Unfold

@testable import UnfoldData

@Suite("The shape files of this repository")
struct RepositoryShapeTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Benchmarks/Shapes").standardizedFileURL.path

  /// A network is the descriptors of one file whose names begin with its own.
  struct Network: Sendable, CustomTestStringConvertible {
    let name: String
    var file: String?
    let layers: Int
    /// For one image, multiplications with their additions in units of a million.
    let millions: ClosedRange<Double>

    var testDescription: String { name }
  }

  /// The layers and the operations that the papers give for the convolutions (ResNet-50: 3.8e9, MobileNet: 569e6 less
  /// 1.024e6 of the classifier, VGG-19: 19.6e9 less its dense layers, GoogLeNet: 57 convolutions and "1.5 billion",
  /// U-Net: 23 convolutions, ResNeXt-50: 4.2e9, EfficientNet-B0: 0.39e9, ConvNeXt-T: 4.5e9), or that follow from their tables by hand: DenseNet-121's 2.9e9; of Inception-v3's grid of
  /// 17x17, 289 7 (4 128^2 + 2 128 192 + 8 160^2 + 4 160 192 + 8 192^2).
  static let networks = [
    Network(name: "resnet-50", layers: 53, millions: 3_800...3_900),
    Network(name: "vgg-19", layers: 16, millions: 19_400...19_600),
    Network(name: "mobilenet-v1", layers: 27, millions: 565...570),
    Network(name: "densenet-121", layers: 120, millions: 2_800...2_900),
    Network(name: "googlenet", layers: 57, millions: 1_450...1_600),
    Network(name: "inception-v3", file: "googlenet", layers: 26, millions: 1491...1492),
    Network(name: "u-net", layers: 23, millions: 50_000...56_000),
    Network(name: "lenet", layers: 2, millions: 10...11),
    Network(name: "time-delay", layers: 2, millions: 0...0.01),
    Network(name: "resnext-50", layers: 53, millions: 4_200...4_300),
    Network(name: "efficientnet-b0", layers: 49, millions: 380...390),
    Network(name: "convnext-tiny", layers: 58, millions: 4_400...4_500),
    Network(name: "alexnet", layers: 5, millions: 655...657),
    Network(name: "alexnet-2012", file: "alexnet", layers: 3, millions: 410...412),
    Network(name: "x-vector", file: "time-delay", layers: 5, millions: 500...502),
    Network(name: "wav2vec", file: "time-delay", layers: 2, millions: 315...320),
  ]

  @Test("the networks' files have the layers and the operations of the papers", arguments: networks)
  func networkFiles(network: Network) throws {
    let file = try ShapeFile<ConvolutionDescriptor>(path: "\(Self.folder)/\(network.file ?? network.name).txt")
    #expect(file.skipped == [])
    let layers = file.descriptors.filter { $0.name.hasPrefix(network.name + ":") }
    #expect(layers.reduce(0) { $0 + $1.occurrences } == network.layers)
    let operations = try layers.reduce(0.0) {
      try $0 + $1.geometry(batch: 1).operations / 2 * Double($1.occurrences)
    }
    #expect(network.millions.contains(operations / 1e6), "\(operations / 1e6)")
  }

  @Test("names and shapes are unique in each file of networks", arguments: Set(networks.map { $0.file ?? $0.name }))
  func unique(name: String) throws {
    let file = try ShapeFile<ConvolutionDescriptor>(path: "\(Self.folder)/\(name).txt")
    #expect(Set(file.descriptors.map(\.name)).count == file.descriptors.count)
    #expect(Set(try file.descriptors.map { try $0.geometry(batch: 1) }).count == file.descriptors.count)
    let prefixes = Set(Self.networks.filter { ($0.file ?? $0.name) == name }.map(\.name))
    #expect(Set(file.descriptors.map { String($0.name.prefix { $0 != ":" }) }) == prefixes)
  }

  /// Layers and multiplications by hand: DCGAN 16 (100 1024 + 3 1024 512 16 + 128 3 1024), FSRCNN 64² 56 9².
  @Test("the files of transposed convolutions have the layers of the papers, each the input of the next")
  func transposedConvolutions() throws {
    let generator = try ShapeFile<TransposedConvolutionDescriptor>(path: Self.folder + "/dcgan.txt")
    #expect(generator.skipped == [] && generator.descriptors.count == 5)
    let layers = try generator.descriptors.map { try $0.geometry(batch: 1) }
    for (layer, next) in zip(layers, layers.dropFirst()) { #expect(layer.outputShape == next.inputShape) }
    #expect(layers.first?.inputShape == [1, 1, 1, 100] && layers.last?.outputShape == [1, 64, 64, 3])
    let multiplications: Int = 16 * (100 * 1024 + 3 * 1024 * 512 * 16 + 128 * 3 * 1024)
    let operations = layers.reduce(0.0) { $0 + $1.operations }
    #expect(operations == 2 * Double(multiplications))

    let upscaling = try ShapeFile<TransposedConvolutionDescriptor>(path: Self.folder + "/fsrcnn.txt")
    #expect(upscaling.skipped == [] && upscaling.descriptors.count == 4)
    for (descriptor, factor) in zip(upscaling.descriptors, [2, 3, 4, 3]) {
      let geometry = try descriptor.geometry(batch: 1)
      #expect(geometry.inputShape[1] == 64 && geometry.outputShape == [1, 64 * factor, 64 * factor, 1])
      let multiplications: Int = 64 * 64 * 81 * descriptor.inputChannels
      #expect(geometry.operations == 2 * Double(multiplications))
    }
    for name in ["dcgan", "fsrcnn"] {
      #expect(try ShapeFile<ConvolutionDescriptor>(path: "\(Self.folder)/\(name).txt").entries == [])
    }
  }

  @Test("the poolings fit between the convolutions of their networks")
  func poolings() throws {
    let file = try ShapeFile<PoolingDescriptor>(path: Self.folder + "/pooling.txt")
    #expect(file.skipped == [])
    #expect(file.descriptors.filter { $0.algorithm == .maximum }.count == 22)
    #expect(file.descriptors.filter { $0.algorithm == .mean }.count == 6)
    #expect(Set(file.descriptors.map(\.name)).count == file.descriptors.count)
    for algorithm in PoolingDescriptor.Algorithm.allCases {
      let same = file.descriptors.filter { $0.algorithm == algorithm }
      #expect(Set(try same.map { try $0.geometry() }).count == same.count)
    }
    for pooling in file.descriptors {
      let geometry = try pooling.geometry()
      #expect(
        [geometry.vertical.output, geometry.horizontal.output] == [pooling.vertical?.output, pooling.horizontal.output])
      let network = pooling.name.prefix { $0 != ":" }
      let convolutions = try ShapeFile<ConvolutionDescriptor>(
        path: "\(Self.folder)/\(network == "inception-v3" ? "googlenet" : network).txt"
      ).descriptors.filter { $0.name.hasPrefix(network) && $0.batch == pooling.batch }
      #expect(convolutions.contains { $0.horizontal.output == pooling.horizontal.input }, "\(pooling)")
      #expect(
        pooling.horizontal.output == 1
          || convolutions.contains { $0.horizontal.input == pooling.horizontal.output }
          || network == "lenet" || pooling.name == "vgg-19:pool5", "\(pooling)")
    }
  }

  @Test("the resamplings are those of the networks")
  func resamplings() throws {
    let file = try ShapeFile<ResamplingDescriptor>(path: Self.folder + "/resampling.txt")
    #expect(file.skipped == [])
    #expect(file.descriptors.count == 14)
    #expect(Set(try file.descriptors.map { try $0.geometry() }).count == file.descriptors.count)
    let convolutions = try ShapeFile<ConvolutionDescriptor>(path: Self.folder + "/u-net.txt").descriptors
    for resampling in file.descriptors where resampling.name.hasPrefix("u-net:") {
      #expect(
        convolutions.contains {
          $0.name == resampling.name + "_2x2" && $0.batch == resampling.batch
            && $0.inputChannels == resampling.channels && $0.horizontal.input == resampling.horizontal.output
        }, "\(resampling)")
    }
  }

  @Test("the awkward shapes are valid, small, named, and as awkward as they should be")
  func awkward() throws {
    let file = try ShapeFile<ConvolutionDescriptor>(path: Self.folder + "/awkward.txt")
    let geometries = try file.descriptors.map { try $0.geometry() }
    #expect(file.skipped == [])
    #expect(Set(file.descriptors.map(\.name)).count == file.descriptors.count)
    #expect(Set(geometries).count == geometries.count)
    #expect(geometries.reduce(0) { $0 + $1.operations } < 2e7)
    #expect(Set(geometries.map(\.batch)) == [1, 2, 3])
    #expect(file.descriptors.contains { $0.vertical == nil })
    #expect(geometries.contains { $0.vertical.low > $0.vertical.high })
    #expect(geometries.contains { $0.vertical.low < $0.vertical.high })
    #expect(geometries.contains { $0.vertical.stride > $0.vertical.covered })
    #expect(geometries.contains { $0.vertical.covered > $0.vertical.input && $0.vertical.dilation > 1 })
    #expect(geometries.contains { $0.groups > 1 && !$0.isDepthwise })
    #expect(geometries.contains { $0.isDepthwise && $0.outputChannels > $0.inputChannels })
  }
}
