import Unfold

/// A convolution with the tensors on which its algorithms are judged.
struct AccuracyCase {
  /// Where the case comes from: a shape file, or a model.
  let data: String
  /// Its name there.
  let name: String
  let geometry: ConvolutionGeometry
  /// The tensors, made when they are needed: those of all cases together are large.
  let makeTensors: () throws(UnfoldError) -> ConvolutionTensors<Float>

  var family: AccuracyFamily { AccuracyFamily(geometry) }

  /// The directions in which it is judged.
  static let directions: [PassDirection] = [.forward, .inputGradient, .filterGradient]

  /// The errors of every algorithm that applies, in each direction.
  ///
  /// The truth is the engine's im2col in `Double`, which sums the products of the definition and is itself tested
  /// against the lecture's loops. The loops would take hours.
  ///
  /// - Throws: `UnfoldError` where memory is refused.
  func samples(context: ExecutionContext) throws(UnfoldError) -> [AccuracySample] {
    let tensors = try makeTensors()
    let exact = try tensors.converted(to: Double.self)
    let judge = try geometry.computed(by: .im2col)
    var samples: [AccuracySample] = []
    for direction in Self.directions {
      let truth = try exact.result(of: direction.convolution, judge, context: context)
      var errors: [String: RelativeError] = [:]
      for algorithm in family.algorithms {
        let result = try tensors.result(of: direction.convolution, geometry.computed(by: algorithm), context: context)
        errors["\(algorithm)"] = RelativeError(result, truth: truth)
      }
      samples.append(
        AccuracySample(
          data: data, name: name, shape: "\(geometry)", family: family, direction: direction, errors: errors))
    }
    return samples
  }
}

/// Convolutions for which the same algorithms apply: one table.
enum AccuracyFamily: String, CaseIterable, Codable {
  case winograd
  /// With tiles of two only.
  case winogradOfTwo
  case depthwise
  case other

  init(_ geometry: ConvolutionGeometry) {
    let fitting = Self.allCases.first { family in
      family.algorithms.allSatisfy { (try? geometry.computed(by: $0)) != nil }
    }
    self = fitting ?? .other
  }

  var algorithms: [ConvolutionAlgorithm] {
    switch self {
    case .winograd: [.blas, .im2col, .winograd(.two), .winograd(.four)]
    case .winogradOfTwo: [.blas, .im2col, .winograd(.two)]
    case .depthwise: [.blas, .im2col, .direct]
    case .other: [.blas, .im2col]
    }
  }

  var title: String {
    switch self {
    case .winograd: "3x3, 1x3 and 1x5 windows of stride 1"
    case .winogradOfTwo: "5x5 and 1x7 windows of stride 1"
    case .depthwise: "Depthwise convolutions"
    case .other: "Other windows"
    }
  }
}
