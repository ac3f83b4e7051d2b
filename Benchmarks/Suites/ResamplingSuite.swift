import Benchmark
import Unfold
import UnfoldData
import UnfoldReference

/// U-Net's upsampling by 2 with both algorithms, and images of three channels made smaller.
func resamplingSuite() {
  do {
    let descriptors: [ResamplingDescriptor] = try shapes(
      in: "resampling", named: "u-net:up2", "images:256-224")
    for descriptor in descriptors {
      let resampling = try descriptor.geometry()
      for implementation in Implementation.allCases {
        register("\(descriptor.algorithm)", "FWD_D", descriptor.name, implementation.rawValue) {
          let input = try Tensor.random(resampling.inputShape)
          switch implementation {
          case .engine:
            var output = try Tensor<Float>(zeros: resampling.outputShape)
            return { try resampling.forward(input, into: &output) }
          case .naive:
            return { blackHole(try resampling.reference.forward(input)) }
          }
        }
        register("\(descriptor.algorithm)", "BWD_D", descriptor.name, implementation.rawValue) {
          let outputGradient = try Tensor.random(resampling.outputShape)
          switch implementation {
          case .engine:
            var inputGradient = try Tensor<Float>(zeros: resampling.inputShape)
            return { try resampling.inputGradient(outputGradient, into: &inputGradient) }
          case .naive:
            return { blackHole(try resampling.reference.inputGradient(outputGradient)) }
          }
        }
      }
    }
  } catch {
    registerFailure(of: "resampling", error)
  }
}
