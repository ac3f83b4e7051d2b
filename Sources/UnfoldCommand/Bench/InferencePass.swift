import Unfold
import UnfoldNN

/// Inference by a network on a batch of images: the forward pass, with each batch normalisation folded into the
/// convolution before it.
struct InferencePass: MeasuredNetworkPass {
  static let directions: [PassDirection] = [.forward]

  private let samples: Tensor<Float>
  private let inference: InferenceNetwork<Float>
  let operations: Double
  let tensorBytes: Int

  /// - Parameter context: The threads that pack the weights.
  /// - Throws: As ``MeasuredNetwork/init(_:batch:)``.
  init(_ architecture: Architecture, batch: Int, context: ExecutionContext) throws {
    let measured = try MeasuredNetwork(architecture, batch: batch)
    samples = measured.samples
    operations = measured.forwardOperations
    tensorBytes = samples.byteCount + measured.parameterBytes
    let network = measured.network
    // This must be the only reference to the network; otherwise its weights would stay beside the packed ones.
    _ = consume measured
    inference = try InferenceNetwork(consume network, batch: batch, context: context)
  }

  var profile: PassProfile? {
    get { inference.profile }
    nonmutating set { inference.profile = newValue }
  }

  mutating func run(context: ExecutionContext) throws(UnfoldError) { try inference.run(samples, context: context) }
}
