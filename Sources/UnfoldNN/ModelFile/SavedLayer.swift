/// A layer that model files can hold: its settings are written as JSON and read back.
///
/// All layers of this module are such layers. One of your own becomes one by its stored properties being `Codable` and
/// a name; a file with it is read with ``TrainedModel/init(path:layers:)``. `docs/networks.md` shows one.
public protocol SavedLayer: Layer, Codable {
  /// The name by which files know the layer. One of your own should have a dot in it, so that no later version of Unfold
  /// has a layer of that name.
  static var savedName: String { get }
}

/// The layers that a reader of model files knows, by their names there.
struct LayerCatalogue: Sendable {
  private let types: [String: any SavedLayer.Type]

  /// The module's layers, and others, which come first.
  init(adding own: [any SavedLayer.Type] = []) {
    let known: [any SavedLayer.Type] = [
      ActivationLayer.self, AdaptivePoolingLayer.self, AdditionLayer.self, ArrangementLayer.self,
      BatchNormalizationLayer.self, ChannelScalingLayer.self, ConcatenationLayer.self, ConvolutionLayer.self,
      DenseLayer.self, DropoutLayer.self, Flattening.self, GroupNormalizationLayer.self,
      InstanceNormalizationLayer.self, LayerNormalizationLayer.self, LayerScaleLayer.self, MaxoutLayer.self,
      MultiplicationLayer.self, PoolingLayer.self, ResamplingLayer.self, Reshaping.self,
      TransformedConvolutionLayer.self, TransposedConvolutionLayer.self,
    ]
    types = Dictionary((own + known).map { ($0.savedName, $0) }) { first, _ in first }
  }

  subscript(name: String) -> (any SavedLayer.Type)? { types[name] }

  /// The names, in the order of the alphabet.
  var names: [String] { types.keys.sorted() }
}
