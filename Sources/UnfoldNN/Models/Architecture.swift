import Unfold

/// The architectures of the module, by the names that files and the command line use.
public enum Architecture: String, CaseIterable, Hashable, Sendable {
  /// See ``leNet(input:classes:)``.
  case lenet
  /// See ``vgg(input:classes:)``.
  case vgg
  /// See ``VGG``.
  case vgg11, vgg13, vgg16, vgg19
  /// See ``ResNet/small``.
  case resnet
  /// See ``ResNet``.
  case resnet18, resnet34, resnet50
  /// See ``ResNet/resNeXt50``.
  case resnext50
  /// See ``DenseNet/small``.
  case densenet
  /// See ``DenseNet/denseNet121``.
  case densenet121
  /// See ``MobileNetV2``.
  case mobileNetV2 = "mobilenet-v2"
  /// See ``MobileNetV3/large``.
  case mobileNetV3 = "mobilenet-v3"
  /// See ``EfficientNet/b0``.
  case efficientNetB0 = "efficientnet-b0"
  /// See ``ConvNeXt/tiny``.
  case convNeXtTiny = "convnext-tiny"
  /// See ``SqueezeNet``.
  case squeezenet
  /// See ``ShuffleNetV2/width1``.
  case shuffleNetV2 = "shufflenet-v2"
  /// See ``InceptionV3``.
  case inceptionV3 = "inception-v3"
  /// See ``UNet``.
  case unet
  /// See ``UNet/Growth/resize``.
  case unetResize = "unet-resize"
  /// See ``DilatedSegmenter/fcn``.
  case fcn
  /// See ``DilatedSegmenter/deepLabV3``.
  case deepLabV3 = "deeplab-v3"
  /// See ``Detector``.
  case detector
  /// See ``TimeDelayNetwork``.
  case tdnn

  /// See ``RotationNetwork``.
  case invariant
  /// The same without rotations.
  case invariantPlain = "invariant-plain"

  /// The task of a network.
  public enum Task: String, CaseIterable, Hashable, Sendable {
    /// One class an image, `[H, W, C]`.
    case imageClassification = "image-classification"
    /// One class a pixel.
    case segmentation
    /// One class and one box an image.
    case localization
    /// One class a series, `[1, L, C]`.
    case seriesClassification = "series-classification"
  }

  /// The task of the network.
  public var task: Task {
    switch self {
    case .unet, .unetResize, .fcn, .deepLabV3: .segmentation
    case .detector: .localization
    case .tdnn: .seriesClassification
    default: .imageClassification
    }
  }

  /// The shape of one sample that the network was made for: the default of a summary.
  public var usualInput: Shape {
    switch self {
    case .lenet, .vgg, .resnet, .densenet, .invariant, .invariantPlain: [28, 28, 1]
    case .unet, .unetResize, .detector: [64, 64, 1]
    case .tdnn: [1, 29, 12]
    case .inceptionV3: [299, 299, 3]
    default: [224, 224, 3]
    }
  }

  /// The classes that go with ``usualInput``: those of ImageNet, Pascal VOC, Fashion-MNIST, scenes of it with
  /// their ground, or JapaneseVowels.
  public var usualClasses: Int {
    switch self {
    case .lenet, .vgg, .resnet, .densenet, .invariant, .invariantPlain, .detector: 10
    case .unet, .unetResize: 11
    case .fcn, .deepLabV3: 21
    case .tdnn: 9
    default: 1000
    }
  }

  /// The architecture of a name.
  ///
  /// - Throws: ``ModelError/unknownModel(_:known:)``.
  public init(named name: String) throws(ModelError) {
    guard let architecture = Architecture(rawValue: name) else {
      throw .unknownModel(name, known: Architecture.allCases.map(\.rawValue))
    }
    self = architecture
  }

  /// The graph, whose first output gives one logit a class.
  ///
  /// - Parameters:
  ///   - input: The shape of one sample.
  ///   - classes: The number of classes.
  /// - Throws: ``GraphError``, which names the first node that does not fit.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    switch self {
    case .lenet: try leNet(input: input, classes: classes)
    case .vgg: try UnfoldNN.vgg(input: input, classes: classes)
    case .vgg11: try VGG.vgg11.graph(input: input, classes: classes)
    case .vgg13: try VGG.vgg13.graph(input: input, classes: classes)
    case .vgg16: try VGG.vgg16.graph(input: input, classes: classes)
    case .vgg19: try VGG.vgg19.graph(input: input, classes: classes)
    case .resnet: try ResNet.small.graph(input: input, classes: classes)
    case .resnet18: try ResNet.resNet18.graph(input: input, classes: classes)
    case .resnet34: try ResNet.resNet34.graph(input: input, classes: classes)
    case .resnet50: try ResNet.resNet50.graph(input: input, classes: classes)
    case .resnext50: try ResNet.resNeXt50.graph(input: input, classes: classes)
    case .densenet: try DenseNet.small.graph(input: input, classes: classes)
    case .densenet121: try DenseNet.denseNet121.graph(input: input, classes: classes)
    case .mobileNetV2: try MobileNetV2().graph(input: input, classes: classes)
    case .mobileNetV3: try MobileNetV3.large.graph(input: input, classes: classes)
    case .efficientNetB0: try EfficientNet.b0.graph(input: input, classes: classes)
    case .convNeXtTiny: try ConvNeXt.tiny.graph(input: input, classes: classes)
    case .squeezenet: try SqueezeNet().graph(input: input, classes: classes)
    case .shuffleNetV2: try ShuffleNetV2.width1.graph(input: input, classes: classes)
    case .inceptionV3: try InceptionV3().graph(input: input, classes: classes)
    case .unet: try UNet().graph(input: input, classes: classes)
    case .unetResize: try UNet(growth: .resize).graph(input: input, classes: classes)
    case .fcn: try DilatedSegmenter.fcn.graph(input: input, classes: classes)
    case .deepLabV3: try DilatedSegmenter.deepLabV3.graph(input: input, classes: classes)
    case .detector: try Detector().graph(input: input, classes: classes)
    case .invariant: try RotationNetwork().graph(input: input, classes: classes)
    case .invariantPlain: try RotationNetwork(rotations: 1).graph(input: input, classes: classes)
    case .tdnn: try TimeDelayNetwork().graph(input: input, classes: classes)
    }
  }

  /// The current names of parameters by their names in files of earlier versions of Unfold, for networks whose names
  /// changed.
  ///
  /// - Parameter parameters: The current names, in the order of the network.
  func namesSinceRenaming(of parameters: [String]) -> [FileName: String] {
    switch self {
    case .vgg11, .vgg13, .vgg16, .vgg19: VGG.namesSinceRenaming(of: parameters)
    default: [:]
    }
  }

  /// A network with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - input: The shape of one sample.
  ///   - classes: The number of classes.
  ///   - generator: Where the first weights come from.
  ///   - type: The element type.
  /// - Throws: ``GraphError``, which names the first node that does not fit.
  public func network<Scalar: TensorScalar>(
    input: Shape, classes: Int, using generator: inout SeededGenerator, of type: Scalar.Type = Scalar.self
  ) throws(GraphError) -> Network<Scalar> {
    try Network(graph(input: input, classes: classes), using: &generator)
  }
}
