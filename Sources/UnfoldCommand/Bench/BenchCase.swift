import Unfold
import UnfoldData

/// One shape of any operator that `unfold bench` measures.
struct BenchCase {
  /// Its name in tables, and the descriptor with all its fields.
  var label, shape: String
  /// The number of images, and how often the network has this layer.
  var batch, occurrences: Int
  /// The multiplications and additions of one run; 0 for an operator that is memory-bandwidth bound.
  var operations: Double
  /// The passes that it has.
  var directions: [PassDirection]
  /// How it is to be computed.
  var wantedAlgorithm: String
  /// How a pass is computed.
  var algorithm: (PassDirection, ConvolutionAccuracy) -> String
  /// A pass with its tensors.
  var pass: (PassDirection) throws -> any MeasuredPass
  /// The convolution, where it is one; a dense layer is one of a single pixel.
  var convolution: ConvolutionGeometry?
}

extension BenchCase {
  /// A convolution.
  init(_ shape: ShapeCase) {
    let geometry = shape.geometry
    self.init(
      label: shape.label, shape: "\(shape.descriptor)", batch: geometry.batch,
      occurrences: shape.descriptor.occurrences, operations: geometry.operations,
      directions: PassDirection.allCases, wantedAlgorithm: "\(geometry.algorithm)",
      algorithm: { "\(geometry.algorithm(for: $0.convolution, accuracy: $1))" },
      pass: { try ConvolutionPass(geometry, $0) }, convolution: geometry)
  }

  /// A dense layer, which a descriptor gives as a convolution of one pixel.
  init(dense entry: ShapeSelection<ConvolutionDescriptor>.Entry) throws {
    var descriptor = entry.descriptor
    descriptor.batch = entry.geometry.batch
    let geometry = try DenseGeometry(descriptor)
    self.init(
      label: entry.label, shape: "\(entry.descriptor)", batch: descriptor.batch,
      occurrences: descriptor.occurrences, operations: geometry.operations, directions: DensePass.directions,
      wantedAlgorithm: "dense", algorithm: { _, _ in "dense" }, pass: { try DensePass(geometry, $0) },
      convolution: geometry.convolution)
  }

  init(_ entry: ShapeSelection<PoolingDescriptor>.Entry) {
    let geometry = entry.geometry
    let (statistic, name): (PoolingPass.Statistic, String) =
      switch entry.descriptor.algorithm {
      case .maximum: (.maximum, "maximum")
      case .mean: (.mean, "mean")
      case .meanCountingPadding: (.meanCountingPadding, "padded mean")
      }
    self.init(
      label: entry.label, shape: "\(entry.descriptor)", batch: geometry.inputShape[0],
      occurrences: entry.descriptor.occurrences, operations: 0, directions: PoolingPass.directions,
      wantedAlgorithm: name, algorithm: { _, _ in name },
      pass: { try PoolingPass(geometry, statistic, $0) })
  }

  init(_ entry: ShapeSelection<ResamplingDescriptor>.Entry) {
    let (resampling, name) = (entry.geometry, entry.descriptor.algorithm == .nearest ? "nearest" : "linear")
    self.init(
      label: entry.label, shape: "\(entry.descriptor)", batch: resampling.inputShape[0],
      occurrences: entry.descriptor.occurrences, operations: 0, directions: ResamplingPass.directions,
      wantedAlgorithm: name, algorithm: { _, _ in name }, pass: { try ResamplingPass(resampling, $0) })
  }
}
