import Benchmark
import Unfold
import UnfoldData
import UnfoldReference

/// U-Net's upsampling by 2 with both algorithms, and images of three channels made smaller.
func resamplingSuite() throws {
  let descriptors: [ResamplingDescriptor] = try shapes(
    in: "resampling", named: "u-net:up2", "images:256-224")
  for descriptor in descriptors {
    let resampling = try descriptor.geometry()
    for implementation in Implementation.allCases {
      register("\(descriptor.algorithm)", "FWD_D", descriptor.name, implementation.rawValue) {
        try pass(
          implementation, from: resampling.inputShape, to: resampling.outputShape,
          engine: { try resampling.forward($0, into: &$1) }, naive: { try resampling.reference.forward($0) })
      }
      register("\(descriptor.algorithm)", "BWD_D", descriptor.name, implementation.rawValue) {
        try pass(
          implementation, from: resampling.outputShape, to: resampling.inputShape,
          engine: { try resampling.inputGradient($0, into: &$1) },
          naive: { try resampling.reference.inputGradient($0) })
      }
    }
  }
}
