import Unfold
import UnfoldData

/// One shape of any operator that `unfold bench` measures.
struct BenchCase {
  /// What it is: ``BenchOperation``'s name where that has one.
  var operation: String
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
  /// The convolution, where it is one, ordinary or transposed; a dense layer is one of a single pixel.
  var convolution: (any FilterOperator)?
}

extension BenchCase {
  /// A convolution, ordinary or transposed.
  init(_ shape: ShapeCase) {
    let geometry = shape.geometry
    self.init(
      operation: type(of: geometry).operation, label: shape.label, shape: shape.shape, batch: geometry.batch,
      occurrences: shape.occurrences, operations: geometry.operations,
      directions: PassDirection.allCases, wantedAlgorithm: "\(geometry.algorithm)",
      algorithm: { "\(geometry.algorithm(of: $0, accuracy: $1))" },
      pass: { try ConvolutionPass(geometry, $0) }, convolution: geometry)
  }

  /// A dense layer, which a descriptor gives as a convolution of one pixel.
  init(dense entry: ShapeSelection<ConvolutionDescriptor>.Entry) throws {
    var descriptor = entry.descriptor
    descriptor.batch = entry.geometry.batch
    let geometry = try DenseGeometry(descriptor)
    self.init(
      operation: "dense", label: entry.label, shape: "\(entry.descriptor)", batch: descriptor.batch,
      occurrences: descriptor.occurrences, operations: geometry.operations, directions: DensePass.directions,
      wantedAlgorithm: "dense", algorithm: { _, _ in "dense" }, pass: { try DensePass(geometry, $0) },
      convolution: geometry.convolution)
  }

  init(_ entry: ShapeSelection<PoolingDescriptor>.Entry) {
    let geometry = entry.geometry
    let (statistic, name, operation): (PoolingPass.Statistic, String, String) =
      switch entry.descriptor.algorithm {
      case .maximum: (.maximum, "maximum", "maximum-pooling")
      case .mean: (.mean, "mean", "mean-pooling")
      case .meanCountingPadding: (.meanCountingPadding, "padded mean", "padded-mean-pooling")
      }
    self.init(
      operation: operation, label: entry.label, shape: "\(entry.descriptor)", batch: geometry.inputShape[0],
      occurrences: entry.descriptor.occurrences, operations: 0, directions: PoolingPass.directions,
      wantedAlgorithm: name, algorithm: { _, _ in name },
      pass: { try PoolingPass(geometry, statistic, $0) })
  }

  init(_ entry: ShapeSelection<ResamplingDescriptor>.Entry) {
    let (resampling, name) = (entry.geometry, entry.descriptor.algorithm == .nearest ? "nearest" : "linear")
    self.init(
      operation: name, label: entry.label, shape: "\(entry.descriptor)", batch: resampling.inputShape[0],
      occurrences: entry.descriptor.occurrences, operations: 0, directions: ResamplingPass.directions,
      wantedAlgorithm: name, algorithm: { _, _ in name }, pass: { try ResamplingPass(resampling, $0) })
  }
}
