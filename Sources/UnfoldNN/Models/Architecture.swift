import Unfold

/// The classifiers that come with the module, by the names that files and the command line use.
public enum Architecture: String, CaseIterable, Hashable, Sendable {
  /// See ``leNet(classes:)``.
  case lenet
  /// See ``vgg(classes:)``.
  case vgg

  /// The architecture of a name.
  ///
  /// - Throws: ``ModelError/unknownModel(_:known:)``.
  public init(named name: String) throws(ModelError) {
    guard let architecture = Architecture(rawValue: name) else {
      throw .unknownModel(name, known: Architecture.allCases.map(\.rawValue))
    }
    self = architecture
  }

  /// The layers, the last of which gives one logit a class.
  public func layers<Scalar: TensorScalar>(
    classes: Int, of type: Scalar.Type = Scalar.self
  ) -> [LayerDescription<Scalar>] {
    switch self {
    case .lenet: leNet(classes: classes)
    case .vgg: UnfoldNN.vgg(classes: classes)
    }
  }

  /// A network with freshly drawn weights.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`, H and W at least 4.
  ///   - classes: The number of classes.
  ///   - generator: Where the first weights come from.
  /// - Throws: ``ModelError``.
  public func network<Scalar: TensorScalar>(
    input: Shape, classes: Int, using generator: inout SeededGenerator, of type: Scalar.Type = Scalar.self
  ) throws(ModelError) -> Sequential<Scalar> {
    try Sequential(input: input, layers: layers(classes: classes), using: &generator)
  }
}
