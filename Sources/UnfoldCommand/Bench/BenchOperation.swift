import Unfold
import UnfoldData
import UnfoldNN

/// The operations that `unfold bench --requests` can run.
enum BenchOperation: String, CaseIterable {
  /// A convolution by the engine.
  case convolution
  /// The same by the lecture's loops.
  case reference
  case transposedConvolution = "transposed-convolution"
  case transposedReference = "transposed-reference"
  case maximumPooling = "maximum-pooling"
  case meanPooling = "mean-pooling"
  case nearest
  case linear
  case dense
  /// A step of a network's training.
  case training
  /// Inference by a network.
  case inference

  /// - Throws: ``CommandError/unexpected(_:expected:found:)`` for an unknown name.
  init(named name: String) throws(CommandError) {
    guard let operation = BenchOperation(rawValue: name) else {
      let known = (Self.allCases.map(\.rawValue) + ["machine", "describe", "describe-transposed", "peak"]).joined(
        separator: ", ")
      throw .unexpected("operation", expected: "one of \(known)", found: "\"\(name)\"")
    }
    self = operation
  }

  /// The pass of a request, with its tensors.
  ///
  /// - Parameter context: The threads that make them, where that takes any.
  /// - Throws: ``CommandError`` for a direction that the operation does not have, `DataError` for a text that is no
  ///   descriptor, `UnfoldError` for shapes that the engine cannot do, `ModelError` for an unknown model, `GraphError`.
  func pass(of request: BenchRequest, context: ExecutionContext) throws -> any MeasuredPass {
    let shape = try request.required(request.shape, "shape")
    let direction = try request.required(request.direction, "direction")
    switch self {
    case .convolution:
      return try ConvolutionPass(
        ConvolutionDescriptor(shape).geometry(), PassDirection(direction, of: PassDirection.allCases))
    case .reference:
      return try ReferencePass(
        ConvolutionDescriptor(shape).geometry(), PassDirection(direction, of: PassDirection.allCases))
    case .transposedConvolution:
      return try ConvolutionPass(
        TransposedConvolutionDescriptor(shape).geometry(), PassDirection(direction, of: PassDirection.allCases))
    case .transposedReference:
      return try ReferencePass(
        TransposedConvolutionDescriptor(shape).geometry(), PassDirection(direction, of: PassDirection.allCases))
    case .maximumPooling, .meanPooling:
      return try PoolingPass(
        PoolingDescriptor(shape).geometry(), self == .maximumPooling ? .maximum : .mean,
        PassDirection(direction, of: PoolingPass.directions))
    case .nearest, .linear:
      return try ResamplingPass(
        ResamplingDescriptor(shape, algorithm: self == .nearest ? .nearest : .linear).geometry(),
        PassDirection(direction, of: ResamplingPass.directions))
    case .dense:
      return try DensePass(
        DenseGeometry(ConvolutionDescriptor(shape)), PassDirection(direction, of: DensePass.directions))
    case .training:
      guard direction == "STEP" else {
        throw CommandError.unexpected("direction", expected: "STEP", found: "\"\(direction)\"")
      }
      return try TrainingPass(Architecture(named: shape), batch: request.required(request.batch, "batch"))
    case .inference:
      _ = try PassDirection(direction, of: InferencePass.directions)
      return try InferencePass(
        Architecture(named: shape), batch: request.required(request.batch, "batch"), context: context)
    }
  }
}

extension PassDirection {
  /// The direction of a name.
  ///
  /// - Throws: ``CommandError/unexpected(_:expected:found:)`` for one that is not among `known`.
  init(_ name: String, of known: [PassDirection]) throws(CommandError) {
    guard let direction = PassDirection(rawValue: name), known.contains(direction) else {
      throw .unexpected(
        "direction", expected: "one of \(known.map(\.rawValue).joined(separator: ", "))", found: "\"\(name)\"")
    }
    self = direction
  }
}
