import Unfold
import UnfoldNN
import UnfoldTensorBoard

/// What a training tells TensorBoard. Places on the horizontal axis are numbers of steps.
///
/// | tag | when |
/// |---|---|
/// | `loss/train`, `accuracy/train`, `learning rate`, `images per second` | a hundred times an epoch |
/// | `loss/test`, `accuracy/test`, `iou/test` | after each epoch |
/// | `weights/NAME`, `gradients/NAME`: histograms | after each epoch |
/// | `first filters`: an image | after each epoch |
/// | `mistakes` or `scenes`: an image | at the end |
///
/// The graph and the options are written at the beginning. A log that cannot be written is a warning and not the end of
/// a training.
final class TensorBoardLog {
  private let file: EventFile
  private var hasFailed = false

  /// - Throws: `EventFileError` for a folder that cannot be written to.
  init(folder: String, graph: Graph, options: [String: String]) throws(EventFileError) {
    file = try EventFile(folder: folder)
    try file.graph(graph.tensorBoardNodes)
    try file.hyperparameters(
      options.mapValues { text in Double(text).map { .number($0) } ?? .text(text) },
      metrics: ["accuracy/test", "loss/test"])
    try file.flush()
  }

  /// A step of the training.
  ///
  /// - Parameter number: The steps in all epochs.
  func record(_ report: TrainingProgress, number: Int) {
    guard report.step % max(1, report.steps / 100) == 0 else { return }
    attempt {
      try file.scalar("loss/train", report.batchLoss, step: number)
      try file.scalar("accuracy/train", report.accuracy, step: number)
      try file.scalar("learning rate", report.learningRate, step: number)
      try file.scalar("images per second", report.imagesPerSecond, step: number)
    }
  }

  /// The end of an epoch.
  func record(_ epoch: TrainingEpoch, _ network: Network<Float>, steps: Int) {
    attempt {
      try file.scalar("loss/test", epoch.testLoss, step: steps)
      try file.scalar("accuracy/test", epoch.testAccuracy, step: steps)
      if let overlap = epoch.testOverlap { try file.scalar("iou/test", overlap, step: steps) }
      for parameter in network.parameters {
        try parameter.value.withUnsafeBufferPointer {
          _ = try file.histogram("weights/\(parameter.name)", $0, step: steps)
        }
        guard parameter.gradient.shape == parameter.value.shape else { continue }
        try parameter.gradient.withUnsafeBufferPointer {
          _ = try file.histogram("gradients/\(parameter.name)", $0, step: steps)
        }
      }
      if let first = network.parameters.first(where: { $0.role == .filter }) {
        try file.image("first filters", png: PixelImage.filters(first.value).png(), step: steps)
      }
      try file.flush()
    }
  }

  /// The end of the training.
  ///
  /// - Parameters:
  ///   - pictures: Of test images: what the network errs on, or finds in scenes.
  ///   - tag: Their name.
  func end(_ pictures: PixelImage?, tag: String, steps: Int) {
    attempt {
      if let pictures { try file.image(tag, png: pictures.png(), step: steps) }
      try file.end(.success)
      try file.close()
    }
  }

  /// Closes the file of a training that has failed, so that TensorBoard shows it as such.
  func abandon() {
    attempt {
      try file.end(.failure)
      try file.close()
    }
  }

  private func attempt(_ body: () throws -> Void) {
    guard !hasFailed else { return }
    do {
      try body()
    } catch {
      hasFailed = true
      Terminal.error.writeLine("unfold: warning: no more is written for TensorBoard: \(error)")
    }
  }
}

extension Graph {
  /// The graph as TensorBoard draws it: a dot in a name opens a box.
  fileprivate var tensorBoardNodes: [GraphNode] {
    func name(_ node: Node) -> String { node.name.replacing(".", with: "/") }
    return nodes.map { node in
      GraphNode(
        name: name(node), operation: node.layer?.label ?? "input", inputs: node.inputs.map { name(nodes[$0]) },
        attributes: ["_output_shapes": .shapes([[nil] + node.shape.extents])])
    }
  }
}
