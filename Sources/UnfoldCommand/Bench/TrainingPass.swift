import Unfold
import UnfoldNN

/// One step of a training: forward, loss, backward, and gradient descent with momentum, always on the same batch.
struct TrainingPass: MeasuredNetworkPass {
  private let measured: MeasuredNetwork
  private let optimizer: GradientDescent<Float>
  /// The loss before the last step.
  private(set) var loss: Float = .nan

  /// A small rate: random labels must not drive the weights to infinite or denormal numbers.
  private static let learningRate = 0.001

  /// - Throws: As ``MeasuredNetwork/init(_:batch:)``.
  init(_ architecture: Architecture, batch: Int) throws {
    measured = try MeasuredNetwork(architecture, batch: batch)
    optimizer = try GradientDescent(momentum: 0.9)
  }

  var profile: PassProfile? {
    get { measured.network.profile }
    nonmutating set { measured.network.profile = newValue }
  }

  /// 0, because a training is judged by images a second.
  var operations: Double { 0 }
  var tensorBytes: Int { measured.samples.byteCount + 2 * measured.parameterBytes }

  mutating func run(context: ExecutionContext) throws(UnfoldError) {
    let network = measured.network
    let profile = network.profile
    try network.run(measured.samples, mode: .training, context: context)
    loss = try network.withGradient { (logits, gradient) throws(UnfoldError) in
      try LabelCrossEntropy(averaging: .rows).valueAndGradient(
        logits, labels: measured.labels, into: &gradient, context: context)
    }
    profile?.endOutside("loss")
    try network.backward(context: context)
    try optimizer.step(network.trainedParameters, learningRate: Self.learningRate, context: context)
    profile?.endOutside("optimiser")
  }
}
