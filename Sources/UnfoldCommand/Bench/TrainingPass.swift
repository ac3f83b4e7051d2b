import Unfold
import UnfoldNN

/// One step of a training: forward, loss, backward, and gradient descent with momentum, always on the same batch of
/// random images of 28 x 28 pixels with random labels of ten classes.
struct TrainingPass: MeasuredPass {
  private let network: Network<Float>
  private let optimizer: GradientDescent<Float>
  private let images: Tensor<Float>
  private let labels: [Int]
  /// The loss before the last step.
  private(set) var loss: Float = .nan

  private static let classes = 10
  /// Small: labels that mean nothing must not drive the weights to where numbers are infinite or denormal.
  private static let learningRate = 0.001

  /// - Throws: `UnfoldError` for a batch below 1 and where memory is refused, `GraphError`.
  init(_ architecture: Architecture, batch: Int) throws {
    guard batch >= 1 else { throw CommandError.unexpected("batch", expected: "1 or more", found: "\(batch)") }
    var generator = SeededGenerator(seed: 0)
    network = try architecture.network(input: [28, 28, 1], classes: Self.classes, using: &generator)
    optimizer = try GradientDescent(momentum: 0.9)
    images = try .random([batch, 28, 28, 1], using: &generator)
    labels = (0..<batch).map { _ in Int.random(in: 0..<Self.classes, using: &generator) }
  }

  /// Images a second are what a training is judged by.
  var operations: Double { 0 }
  var tensorBytes: Int { images.byteCount + network.parameters.reduce(0) { $0 + 2 * $1.value.byteCount } }

  mutating func run(context: ExecutionContext) throws(UnfoldError) {
    try network.run(images, mode: .training, context: context)
    loss = try network.withGradient { (logits, gradient) throws(UnfoldError) in
      try Loss.softmaxCrossEntropy.valueAndGradient(logits, labels: labels, into: &gradient, context: context)
    }
    try network.backward(context: context)
    try optimizer.step(network.trainedParameters, learningRate: Self.learningRate, context: context)
  }
}
