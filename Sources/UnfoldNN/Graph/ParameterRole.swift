import Unfold

/// What a parameter is: it decides the layout in files and whether optimisers change it.
public enum ParameterRole: Hashable, Sendable {
  /// A convolution's filters, `[R, S, C, K]`; `[K, C, R, S]` (OIHW) in a file.
  case filter
  /// A transposed convolution's filters, `[R, S, K, C]` with C its input channels; `[C, K, R, S]` in a file.
  case transposedFilter
  /// A dense layer's weights, `[D, K]`; `[K, D]` in a file. Where the inputs are the pixels of a flattened `[H, W, C]`
  /// map, its shape is `map`, and D runs in the order C, H, W in a file.
  case weights(map: Shape? = nil)
  /// The filters of a 1x1 convolution that a file holds as a dense layer's weights: `[1, 1, C, K]`; `[K, C]` in a file.
  case pointwiseWeights
  /// A factor for each channel, `[C]`; `[C, 1, 1]` in a file.
  case factor
  /// A bias, `[K]`.
  case bias
  /// The scale or shift of a normalisation.
  case scale
  /// Statistics that forward passes collect: saved, and not trained.
  case statistic

  /// Whether an optimiser changes it.
  public var isTrained: Bool { self != .statistic }
}

extension Graph {
  /// A parameter's role at its place in the graph: dense weights after a map store that map's shape.
  func role(of description: ParameterDescription, in index: Int) -> ParameterRole {
    guard case .weights(nil) = description.role, let source = nodes[index].inputs.first else { return description.role }
    return .weights(map: flattenedMap(of: source))
  }

  /// The map that a vector is the flattened form of, if it is one: through layers that keep the order.
  private func flattenedMap(of index: Int) -> Shape? {
    guard let layer = nodes[index].layer, let source = nodes[index].inputs.first else { return nil }
    if layer is Flattening {
      return nodes[source].shape.rank == 3 ? nodes[source].shape : nil
    }
    return layer.keepsOrder ? flattenedMap(of: source) : nil
  }
}
