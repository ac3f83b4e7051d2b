import UnfoldNN

/// A network's graph as boxes to draw. A box is a layer together with the nodes that follow it without a branch.
struct BoxGraph {
  /// Which colour a box has.
  enum Style: String {
    case convolution, dense, size, joint, plain
  }

  struct Box: Equatable {
    var name: String
    /// The operations in it, in order.
    var operations: [String]
    /// The shape of its last value.
    var shape: String
    var style: Style
  }

  struct Edge: Hashable {
    var source: Int
    var target: Int
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
      if let source = node.inputs.first, readers[source] == 1, let operation = node.operation,
        operation.joins(boxes[boxOf[source]].style), graph.nodes[source].operation != nil
      {
        boxOf.append(boxOf[source])
        boxes[boxOf[source]].operations.append(operation.label)
        boxes[boxOf[source]].shape = node.shape.axesText
        continue
      }
      for input in node.inputs { edges.append(Edge(source: boxOf[input], target: boxes.count)) }
      boxOf.append(boxes.count)
      boxes.append(
        Box(
          name: node.name, operations: node.operation.map { [$0.label] } ?? [], shape: node.shape.axesText,
          style: node.operation?.style(inputs: node.inputs.count) ?? .plain))
    }
  }
}

extension Operation {
  /// Whether it is drawn in the box of what it reads: a normalisation with the weights before it, what changes single
  /// elements with anything.
  fileprivate func joins(_ style: BoxGraph.Style) -> Bool {
    switch self {
    case is ActivationOperation, is DropoutOperation, is Flattening, is MaxoutOperation: true
    case is BatchNormalizationOperation, is GroupNormalizationOperation, is InstanceNormalizationOperation,
      is LayerNormalizationOperation:
      style == .convolution || style == .dense
    default: false
    }
  }

  fileprivate func style(inputs: Int) -> BoxGraph.Style {
    switch self {
    case is ConvolutionOperation, is TransposedConvolutionOperation, is TransformedConvolutionOperation: .convolution
    case is DenseOperation: .dense
    case is PoolingOperation, is AdaptivePoolingOperation, is ResamplingOperation, is ArrangementOperation: .size
    default: inputs > 1 ? .joint : .plain
    }
  }
}
