import UnfoldNN

/// A network's graph as boxes to draw. A box is a layer together with the nodes that follow it without a branch.
struct BoxGraph {
  /// Which colour a box has.
  enum Style: String {
    case convolution, dense, size, joint, plain
  }

  struct Box: Equatable {
    var name: String
    /// The labels of its layers, in order.
    var labels: [String]
    /// The shape of its last value.
    var shape: String
    var style: Style
  }

  struct Edge: Hashable {
    var source, target: Int
  }

  private(set) var boxes: [Box] = []
  /// In the order of the readers' inputs. A value that is read twice by one box has two.
  private(set) var edges: [Edge] = []

  init(boxes: [Box], edges: [Edge]) { (self.boxes, self.edges) = (boxes, edges) }

  init(_ graph: Graph) {
    var readers = [Int](repeating: 0, count: graph.nodes.count)
    for node in graph.nodes { for input in node.inputs { readers[input] += 1 } }
    for output in graph.outputs { readers[output] += 1 }
    /// The box of each node, and whether it is a convolution or dense layer, which a normalisation may join.
    var boxOf: [Int] = []
    for node in graph.nodes {
      if let source = node.inputs.first, readers[source] == 1, let layer = node.layer,
        layer.joins(boxes[boxOf[source]].style), graph.nodes[source].layer != nil
      {
        boxOf.append(boxOf[source])
        boxes[boxOf[source]].labels.append(layer.label)
        boxes[boxOf[source]].shape = node.shape.axesText
        continue
      }
      for input in node.inputs { edges.append(Edge(source: boxOf[input], target: boxes.count)) }
      boxOf.append(boxes.count)
      boxes.append(
        Box(
          name: node.name, labels: node.layer.map { [$0.label] } ?? [], shape: node.shape.axesText,
          style: node.layer?.style(inputs: node.inputs.count) ?? .plain))
    }
  }
}

extension Layer {
  /// Whether it is drawn in the box of what it reads: a normalisation with the weights before it, what changes single
  /// elements with anything.
  fileprivate func joins(_ style: BoxGraph.Style) -> Bool {
    switch self {
    case is ActivationLayer, is DropoutLayer, is Flattening, is MaxoutLayer: true
    case is BatchNormalizationLayer, is GroupNormalizationLayer, is InstanceNormalizationLayer,
      is LayerNormalizationLayer:
      style == .convolution || style == .dense
    default: false
    }
  }

  fileprivate func style(inputs: Int) -> BoxGraph.Style {
    switch self {
    case is ConvolutionLayer, is TransposedConvolutionLayer, is TransformedConvolutionLayer: .convolution
    case is DenseLayer: .dense
    case is PoolingLayer, is AdaptivePoolingLayer, is ResamplingLayer, is ArrangementLayer: .size
    default: inputs > 1 ? .joint : .plain
    }
  }
}
