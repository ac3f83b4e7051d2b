import Benchmark
import Unfold
import UnfoldData
import UnfoldReference

/// Windows that overlap and windows that tile the input, of maxima and of means, and the mean of whole maps.
func poolingSuite() throws {
  let descriptors: [PoolingDescriptor] = try shapes(
    in: "pooling", named: "resnet-50:pool1", "googlenet:4b_pool", "vgg-19:pool3", "densenet-121:transition1",
    "resnet-50:global")
  for descriptor in descriptors {
    let geometry = try descriptor.geometry()
    for implementation in Implementation.allCases {
      let isMaximum = descriptor.algorithm == .maximum
      register(isMaximum ? "maximum-pooling" : "mean-pooling", "FWD_D", descriptor.name, implementation.rawValue) {
        try isMaximum ? maximum(geometry, implementation) : mean(geometry, implementation)
      }
      register(isMaximum ? "maximum-pooling" : "mean-pooling", "BWD_D", descriptor.name, implementation.rawValue) {
        try isMaximum ? maximumInputGradient(geometry, implementation) : meanInputGradient(geometry, implementation)
      }
    }
  }
}

private func maximum(
  _ geometry: PoolingGeometry, _ implementation: Implementation
) throws -> () throws -> Void {
  let input = try Tensor.random(geometry.inputShape)
  switch implementation {
  case .engine:
    var (output, saved) = try geometry.maximum(input)
    return { try geometry.maximum(input, into: &output, saved: &saved) }
  case .naive:
    return { blackHole(try geometry.reference.maximum(input)) }
  }
}

private func maximumInputGradient(
  _ geometry: PoolingGeometry, _ implementation: Implementation
) throws -> () throws -> Void {
  let input = try Tensor.random(geometry.inputShape)
  let outputGradient = try Tensor.random(geometry.outputShape)
  switch implementation {
  case .engine:
    let (_, saved) = try geometry.maximum(input)
    var inputGradient = try Tensor<Float>(zeros: geometry.inputShape)
    return { try geometry.maximumInputGradient(outputGradient, saved: saved, into: &inputGradient) }
  case .naive:
    let (_, saved) = try geometry.reference.maximum(input)
    return { blackHole(try geometry.reference.maximumInputGradient(outputGradient, saved: saved)) }
  }
}

private func mean(
  _ geometry: PoolingGeometry, _ implementation: Implementation
) throws -> () throws -> Void {
  try pass(
    implementation, from: geometry.inputShape, to: geometry.outputShape,
    engine: { try geometry.mean($0, countIncludesPadding: false, into: &$1) },
    naive: { try geometry.reference.mean($0, countIncludesPadding: false) })
}

private func meanInputGradient(
  _ geometry: PoolingGeometry, _ implementation: Implementation
) throws -> () throws -> Void {
  try pass(
    implementation, from: geometry.outputShape, to: geometry.inputShape,
    engine: { try geometry.meanInputGradient($0, countIncludesPadding: false, into: &$1) },
    naive: { try geometry.reference.meanInputGradient($0, countIncludesPadding: false) })
}
