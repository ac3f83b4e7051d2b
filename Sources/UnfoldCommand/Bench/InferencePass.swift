import Unfold
import UnfoldNN

/// A network's answer to a batch of images: forward, each batch normalisation folded into the convolution before it.
struct InferencePass: MeasuredPass {
  static let directions: [PassDirection] = [.forward]

  private let measured: MeasuredNetwork

  /// - Throws: As ``MeasuredNetwork/init(_:batch:)``.
  init(_ architecture: Architecture, batch: Int) throws {
    measured = try MeasuredNetwork(architecture, batch: batch)
  }

  var operations: Double { measured.forwardOperations }
  var tensorBytes: Int { measured.samples.byteCount + measured.parameterBytes }

  /// The first run folds; the weights stay as they are, and so do the folded filters.
  mutating func run(context: ExecutionContext) throws(UnfoldError) {
    try measured.network.run(measured.samples, mode: .inference, context: context)
  }
}
